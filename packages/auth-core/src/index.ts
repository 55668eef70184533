export type {
  LoginField,
  LoginMethod,
  LoginRequest,
  LoginStep,
  LoginView,
  RejectReason,
} from "./login-method.ts";
export type {
  ErrorPage,
  ForbiddenPage,
  HiddenField,
  LifetimeChoice,
  LoggedOutPage,
  LoginErrorCode,
  LoginPage,
  LogoutPage,
  Pages,
  Template,
} from "./pages.ts";

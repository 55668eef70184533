export { type AuthorizeOptions, type Authorizer, authorize } from "./authorize.ts";
export type { Decision } from "./decision.ts";
export {
  mfa,
  notRoleAccount,
  type ProofRule,
  roleAccount,
  scope,
} from "./principal-requirements.ts";
export { allOf, anyOf, requirement } from "./requirement.ts";
export type {
  AllOfRule,
  AnyOfRule,
  Condition,
  ConditionRule,
  Membership,
  MembershipRule,
  MembershipValue,
  Requirement,
  Rule,
} from "./rule.ts";
export type { Proof, Subject } from "./subject.ts";

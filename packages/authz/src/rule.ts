// The shapes that a rule can have. They are plain data and functions: written inline, read from
// configuration, or made by `requirement`, `allOf` and `anyOf`.
import type { Subject } from "./subject.ts";

/** Who may pass. `false` opts out: the route is public. Everything else asks for a login first. */
export type Rule<User = unknown> = false | Requirement<User>;

/** A rule that can be part of another. `true` asks for a login and nothing else. */
export type Requirement<User = unknown> =
  | true
  | Condition<User>
  | MembershipRule<User>
  | ConditionRule<User>
  | AllOfRule<User>
  | AnyOfRule<User>;

/** Holds only if it gives `true` itself; anything else, thrown or returned, refuses. */
export type Condition<User = unknown> = (
  principal: Subject<User>,
) => boolean | PromiseLike<boolean>;

/** What an attribute of the user must be; compared with `===`, so `1` is not `"1"`. */
export type MembershipValue = string | number | boolean;

/**
 * Every key must hold (AND), by any of its values (OR). A key is an attribute of the user or a dotted
 * path to one, such as `"address.country"`; an attribute that is an array needs one value in common.
 */
export interface Membership {
  readonly [path: string]: MembershipValue | readonly MembershipValue[];
}

/** Attributes of the user; together with a condition, both must hold, membership first. */
export interface MembershipRule<User = unknown> {
  /** A list holds if one of its members does (OR). */
  readonly membership: Membership | readonly Membership[];
  readonly condition?: Condition<User>;
  /** The reason that the visitor is given, instead of one that says nothing about the rule. */
  readonly message?: string;
  readonly allOf?: never;
  readonly anyOf?: never;
}

/** A condition with, usually, a message; what `requirement` makes. */
export interface ConditionRule<User = unknown> {
  readonly condition: Condition<User>;
  /** The reason that the visitor is given, instead of one that says nothing about the rule. */
  readonly message?: string;
  readonly membership?: never;
  readonly allOf?: never;
  readonly anyOf?: never;
}

/** All must hold; the reasons of all that failed are given, in order. */
export interface AllOfRule<User = unknown> {
  readonly allOf: readonly Requirement<User>[];
  /** Given instead of the reasons of the parts. */
  readonly message?: string;
  readonly membership?: never;
  readonly condition?: never;
  readonly anyOf?: never;
}

/** One must hold; if none does, the reasons of all are given, in order. */
export interface AnyOfRule<User = unknown> {
  readonly anyOf: readonly Requirement<User>[];
  /** Given instead of the reasons of the parts. */
  readonly message?: string;
  readonly membership?: never;
  readonly condition?: never;
  readonly allOf?: never;
}

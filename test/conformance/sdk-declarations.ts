import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseAst } from 'vite';

/** A node of the syntax tree of a declaration file; only what is read here. */
interface Node {
  type: string;
  [key: string]: unknown;
}

/** Names that one declaration file defines: interfaces, aliases and namespaces, by their dotted path. */
interface Scope {
  types: Map<string, Node>;
  /** The SDK's own shared types, where a file may find what it does not define. */
  shared: Scope | undefined;
}

interface Declared {
  /** Dotted path inside its file, such as `CreditGrant`. */
  name: string;
  node: Node;
  scope: Scope;
}

/** Stripe's own declarations, asked at run time: what an object of a kind must look like on the wire. */
export interface Declarations {
  /** The kinds (values of `object`) that have a declaration. */
  readonly kinds: readonly string[];
  /** What is wrong with a value that says it is of `kind`; nested objects with an `object` of their own are left out. */
  violations(kind: string, value: Record<string, unknown>): string[];
  /** Whether the SDK declares the dotted path of keys for a kind, and whether it may be absent. */
  declared(kind: string, path: readonly string[]): 'absent' | 'optional' | 'required';
}

/** Reads every declaration file of the installed SDK. */
export function readDeclarations(): Declarations {
  const root = dirname(createRequire(import.meta.url).resolve('stripe')).replace(/cjs$/, 'esm');
  const shared = readScope(join(root, 'shared.d.ts'), undefined);
  const byKind = new Map<string, Declared[]>();
  for (const entry of readdirSync(join(root, 'resources'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.d.ts')) continue;
    const scope = readScope(join(entry.parentPath, entry.name), shared);
    for (const [name, node] of scope.types) {
      const kind = kindOf({ name, node, scope });
      if (kind !== undefined && !name.includes('.'))
        byKind.set(kind, [...(byKind.get(kind) ?? []), { name, node, scope }]);
    }
  }
  const find = (kind: string, value: Record<string, unknown>): Declared | undefined => {
    const known = byKind.get(kind) ?? [];
    const deleted = value.deleted === true;
    const likely = known.filter(({ name }) => name.startsWith('Deleted') === deleted);
    return likely.find((declared) => literalsMatch(declared, value)) ?? likely[0] ?? known[0];
  };
  return {
    kinds: [...byKind.keys()],
    violations(kind, value) {
      const declared = find(kind, value);
      if (declared === undefined) return [`${kind}: the SDK declares no such object`];
      return checkObject(declared, value, kind);
    },
    declared(kind, path) {
      const declared = find(kind, {});
      return declared === undefined ? 'absent' : look(declared, path);
    },
  };
}

function readScope(path: string, shared: Scope | undefined): Scope {
  const ast: unknown = parseAst(readFileSync(path, 'utf8'), { lang: 'dts' });
  const scope: Scope = { types: new Map(), shared };
  collect(children(asNode(ast).body), '', scope);
  return scope;
}

function asNode(value: unknown): Node {
  return value as Node;
}

function children(value: unknown): Node[] {
  return Array.isArray(value) ? (value as Node[]) : [];
}

function collect(body: readonly Node[], prefix: string, scope: Scope): void {
  for (const statement of body) {
    const node = statement.type === 'ExportNamedDeclaration' ? asNode(statement.declaration) : statement;
    if (node === null || node === undefined) continue;
    if (node.type === 'TSInterfaceDeclaration' || node.type === 'TSTypeAliasDeclaration') {
      scope.types.set(prefix + nameOf(node.id), node);
    } else if (node.type === 'TSModuleDeclaration') {
      const inner = `${prefix}${nameOf(node.id)}.`;
      collect(children(asNode(node.body).body), inner, scope);
    }
  }
}

/** `A.B.C` of an identifier or a qualified name. */
function nameOf(value: unknown): string {
  const node = asNode(value);
  return node.type === 'TSQualifiedName' ? `${nameOf(node.left)}.${nameOf(node.right)}` : String(node.name);
}

interface Property {
  type: Node;
  optional: boolean;
}

/** Its own properties and those of the interfaces that it extends, as far as they are declared in the same file. */
function propertiesOf({ name, node, scope }: Declared): Map<string, Property> {
  const body = node.type === 'TSInterfaceDeclaration' ? asNode(node.body).body : node.members;
  const inherited = children(node.extends).flatMap(({ expression }) => {
    const base = resolve(nameOf(expression), { name, scope });
    return base === undefined || base.node === node ? [] : [...propertiesOf(base)];
  });
  const found = new Map<string, Property>(inherited);
  for (const member of children(body)) {
    if (member.type !== 'TSPropertySignature') continue;
    const key = asNode(member.key);
    const type = asNode(asNode(member.typeAnnotation).typeAnnotation);
    found.set(String(key.name ?? key.value), { type, optional: member.optional === true });
  }
  return found;
}

function kindOf(declared: Declared): string | undefined {
  if (declared.node.type !== 'TSInterfaceDeclaration') return undefined;
  const type = propertiesOf(declared).get('object')?.type;
  const literal = type?.type === 'TSLiteralType' ? asNode(type.literal).value : undefined;
  return typeof literal === 'string' ? literal : undefined;
}

function checkObject(declared: Declared, value: object, at: string): string[] {
  const { name, node, scope } = declared;
  const properties = propertiesOf(declared);
  const problems: string[] = [];
  for (const [key, { type, optional }] of properties) {
    const given: unknown = Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
    // In the second version of the API "optional" in the types is what its reference calls nullable.
    if (given === null && optional && /^v2\./.test(at)) continue;
    if (given !== undefined) problems.push(...checkType(type, given, { name, scope }, `${at}.${key}`));
    else if (!optional) problems.push(`${at}.${key} is missing`);
  }
  if (isOpen(node)) return problems;
  const unknown = Object.keys(value).filter((key) => !properties.has(key));
  return [...problems, ...unknown.map((key) => `${at}.${key} is not a key that the SDK knows`)];
}

/** Interfaces without members, with an index signature or with a heritage that is not read here may have more keys. */
function isOpen(node: Node): boolean {
  const body = node.type === 'TSInterfaceDeclaration' ? asNode(node.body).body : node.members;
  const members = children(body);
  const heritage = children(node.extends);
  const readsAll = heritage.every(({ expression }) => asNode(expression).name !== 'Omit');
  return members.length === 0 || !readsAll || members.some(({ type }) => type === 'TSIndexSignature');
}

/** Where several interfaces share a kind (events do), those whose literals, such as `type`, the value has. */
function literalsMatch(declared: Declared, value: Record<string, unknown>): boolean {
  const literals = [...propertiesOf(declared)].filter(([, { type }]) => type.type === 'TSLiteralType');
  return (
    literals.length > 1 && literals.every(([key, { type }]) => asNode(type.literal).value === value[key])
  );
}

interface Place {
  /** The interface that the type stands in. */
  name: string;
  scope: Scope;
}

const builtIn: Record<string, (value: unknown) => boolean> = {
  OtherString: (value) => typeof value === 'string',
  Decimal: (value) => typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value),
  Metadata: isStringMap,
  Date: (value) => typeof value === 'string',
  // Of an object that is declared elsewhere; the whole one is checked where it goes over the wire.
  Partial: isObject,
};

function isStringMap(value: unknown): boolean {
  return isObject(value) && Object.values(value).every((each) => typeof each === 'string');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const primitives: Record<string, (value: unknown) => boolean> = {
  TSStringKeyword: (value) => typeof value === 'string',
  TSNumberKeyword: (value) => typeof value === 'number',
  TSBooleanKeyword: (value) => typeof value === 'boolean',
  TSNullKeyword: (value) => value === null,
  TSUnknownKeyword: () => true,
  TSAnyKeyword: () => true,
  TSUndefinedKeyword: () => false,
  TSObjectKeyword: isObject,
};

function checkType(type: Node, value: unknown, place: Place, at: string): string[] {
  const primitive = primitives[type.type];
  if (primitive !== undefined) return primitive(value) ? [] : [wrong(at, type, value)];
  switch (type.type) {
    case 'TSLiteralType': {
      const literal = asNode(type.literal);
      return literal.value === value ? [] : [wrong(at, type, value)];
    }
    case 'TSUnionType':
      return checkUnion(children(type.types), value, place, at);
    case 'TSArrayType':
      return checkArray(asNode(type.elementType), value, place, at);
    case 'TSParenthesizedType':
      return checkType(asNode(type.typeAnnotation), value, place, at);
    case 'TSTypeLiteral':
      if (!isObject(value)) return [wrong(at, type, value)];
      return checkObject({ name: place.name, node: type, scope: place.scope }, value, at);
    case 'TSTypeReference':
      return checkReference(type, value, place, at);
    default:
      return [`${at}: this check does not know ${type.type}`];
  }
}

/** The alternative with the fewest problems decides, so that the report names what is wrong inside it. */
function checkUnion(types: readonly Node[], value: unknown, place: Place, at: string): string[] {
  let fewest: string[] | undefined;
  for (const type of types) {
    const problems = checkType(type, value, place, at);
    if (problems.length === 0) return [];
    const inside = problems.filter((problem) => !problem.startsWith(`${at} is `));
    if (fewest === undefined || (inside.length > 0 && inside.length <= fewest.length)) fewest = problems;
  }
  return fewest ?? [];
}

function checkArray(element: Node, value: unknown, place: Place, at: string): string[] {
  if (!Array.isArray(value)) return [`${at} is no array`];
  return value.flatMap((item, index) => checkType(element, item, place, `${at}[${index}]`));
}

function checkReference(type: Node, value: unknown, place: Place, at: string): string[] {
  const name = nameOf(type.typeName);
  const [argument] = children(isObject(type.typeArguments) ? type.typeArguments.params : undefined);
  if (name === 'Array' && argument !== undefined) return checkArray(argument, value, place, at);
  if (name === 'ApiList' && argument !== undefined) return checkList(argument, value, place, at);
  const builtInCheck = builtIn[name];
  if (builtInCheck !== undefined) return builtInCheck(value) ? [] : [wrong(at, type, value)];
  const local = resolve(name, place);
  if (local === undefined) {
    // Declared in another file: a whole object, which is checked on its own.
    return isObject(value) && typeof value.object === 'string' ? [] : [wrong(at, type, value)];
  }
  if (local.node.type === 'TSTypeAliasDeclaration')
    return checkType(asNode(local.node.typeAnnotation), value, local, at);
  if (!isObject(value)) return [wrong(at, type, value)];
  return typeof value.object === 'string' && !local.name.includes('.') ? [] : checkObject(local, value, at);
}

function checkList(item: Node, value: unknown, place: Place, at: string): string[] {
  if (!isObject(value) || value.object !== 'list') return [`${at} is no list`];
  return [
    ...(typeof value.has_more === 'boolean' ? [] : [`${at}.has_more is no boolean`]),
    ...(typeof value.url === 'string' ? [] : [`${at}.url is no string`]),
    ...checkArray(item, value.data, place, `${at}.data`),
  ];
}

/** Looks a name up from the inside out, as the compiler does in nested namespaces. */
function resolve(name: string, { name: from, scope }: Place): Declared | undefined {
  for (let prefix = from; ; prefix = prefix.slice(0, Math.max(0, prefix.lastIndexOf('.')))) {
    const full = prefix === '' ? name : `${prefix}.${name}`;
    const node = scope.types.get(full);
    if (node !== undefined) return { name: full, node, scope };
    if (prefix === '') return scope.shared && resolve(name, { name: '', scope: scope.shared });
  }
}

function look(declared: Declared, path: readonly string[]): 'absent' | 'optional' | 'required' {
  const [key = '', ...rest] = path;
  const property = propertiesOf(declared).get(key);
  if (property === undefined) return 'absent';
  if (rest.length === 0) return property.optional ? 'optional' : 'required';
  const inner = objectsIn(property.type, declared)
    .map((each) => look(each, rest))
    .sort((a, b) => order.indexOf(a) - order.indexOf(b));
  return inner[0] ?? 'required';
}

const order = ['required', 'optional', 'absent'];

/** The local interfaces that a type may stand for. */
function objectsIn(type: Node, place: Declared): Declared[] {
  switch (type.type) {
    case 'TSUnionType':
      return children(type.types).flatMap((each) => objectsIn(each, place));
    case 'TSArrayType':
      return objectsIn(asNode(type.elementType), place);
    case 'TSTypeReference': {
      const [argument] = children(isObject(type.typeArguments) ? type.typeArguments.params : undefined);
      if (argument !== undefined) return objectsIn(argument, place);
      const local = resolve(nameOf(type.typeName), place);
      if (local === undefined) return [];
      return local.node.type === 'TSTypeAliasDeclaration'
        ? objectsIn(asNode(local.node.typeAnnotation), local)
        : [local];
    }
    default:
      return [];
  }
}

function wrong(at: string, type: Node, value: unknown): string {
  const expected =
    type.type === 'TSTypeReference'
      ? nameOf(type.typeName)
      : type.type.replace(/^TS|Keyword$/g, '').toLowerCase();
  return `${at} is ${JSON.stringify(value)?.slice(0, 60)}, not ${expected}`;
}

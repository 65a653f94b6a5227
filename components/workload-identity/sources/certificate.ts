import { shown, type Problem } from "../../refusal";
import { exactProblem } from "./exact";
import { each, type Source } from "./source";
import { spiffeIdProblem } from "./spiffe";

/** A machine with a certificate of an authority of yours: an X.509-SVID, or any other with a URI in it. */
export interface CertificateWorkload {
  /** The whole subject alternative name of type URI, for example `spiffe://example.org/shop/orders`. */
  uri: string;
}

/** X.509 certificates, SPIFFE's X.509-SVIDs among them. */
export const certificate: Source<CertificateWorkload> = {
  title: "X.509 certificate (SPIFFE X.509-SVID and others)",
  problem: each("certificate", ({ uri }, where) =>
    uri.startsWith("spiffe:") ? spiffeIdProblem(`${where}.uri`, uri) : uriProblem(`${where}.uri`, uri),
  ),
  proof: ({ uri }) => ({ certificate: { uri } }),
  examples: [{ uri: "spiffe://example.org/shop/orders" }, { uri: "https://machines.example.com/press-7" }],
  not: { aws: "AWS takes certificates through IAM Roles Anywhere. Use RolesAnywhereAccess." },
};

/** RFC 3986, an absolute URI with a host. A certificate's is compared letter by letter. */
function uriProblem(argument: string, uri: string): Problem {
  return (
    exactProblem(argument, uri) ??
    (/^[a-z][a-z0-9+.-]*:\/\/[a-z0-9.-]+(\/[\w.~%@:+=-]+)+$/.test(uri)
      ? undefined
      : `${argument} must be a whole URI with a host and a path, got ${shown(uri)}. A name that is none can't be told apart.`)
  );
}

export { authority } from "../../tools/example-authority";

/** A certificate that the authority issued. Its key was thrown away. */
export const leaf = `-----BEGIN CERTIFICATE-----
MIIBKzCB0gIUGwkVS9C7YMxr2RVzDNzmhfSP1LYwCgYIKoZIzj0EAwIwHDEaMBgG
A1UEAwwRQWNtZSBXb3JrbG9hZHMgQ0EwIBcNMjYxMTIzMTkwNDM5WhgPMjEyNjEw
MzAxOTA0MzlaMBMxETAPBgNVBAMMCHBheW1lbnRzMFkwEwYHKoZIzj0CAQYIKoZI
zj0DAQcDQgAErqcqtlpFy8RI1BiKKv8EGhk/lk8vkUevCQ75khWr9y2QFRiKphN8
BJzMy4j9CtJ00pn2EJs3lpgd91lQ3BhlEzAKBggqhkjOPQQDAgNIADBFAiEAhN+0
jWZC+p3rRrjWFt4CKbQAfOp5q2d/fFuDSt9dw60CIF8g3kte7e0CbWwlCjGyZCUI
NJHcE/LzXgEeZ9Y8EQIQ
-----END CERTIFICATE-----`;

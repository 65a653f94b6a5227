export { authority, leaf } from "../../../components/authority";

/** Made up: it calls itself what a public authority is called. Its key was thrown away. */
export const publicAuthority = `-----BEGIN CERTIFICATE-----
MIIBvDCCAWGgAwIBAgIUXRWsOCn/5tPp4jgFNU+MGpYYOfUwCgYIKoZIzj0EAwIw
MjELMAkGA1UEBhMCVVMxFjAUBgNVBAoMDUxldCdzIEVuY3J5cHQxCzAJBgNVBAMM
AlIwMCAXDTI2MTEyMzE5NTgyOVoYDzIxMjYxMDMwMTk1ODI5WjAyMQswCQYDVQQG
EwJVUzEWMBQGA1UECgwNTGV0J3MgRW5jcnlwdDELMAkGA1UEAwwCUjAwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAASLU3Pq+w9CntEUQp89wskkWfnZ93zoyfrt+OJv
GtASin9D7oJvHfaZ/V6YctXHZdaVBPQvHWLjhEOyDsfSQukHo1MwUTAdBgNVHQ4E
FgQUffyrG7Ubm5lMerqRHSN6dyd1Z7cwHwYDVR0jBBgwFoAUffyrG7Ubm5lMerqR
HSN6dyd1Z7cwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEAqFG6
V5QWu8CtKkD7H+fGuDcKhsB26yVT8erGrP1qiJQCIQCwvexkuCcWWh2Cp2J3R0Hu
Dtg8/gq/RCMUy/RPE09kjQ==
-----END CERTIFICATE-----`;

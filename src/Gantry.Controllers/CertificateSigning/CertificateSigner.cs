namespace Gantry.Controllers.CertificateSigning;

/// <summary>Signs a certificate request with the cluster's authority, and answers the certificate in PEM.</summary>
/// <param name="requestPem">The PKCS#10 request in PEM.</param>
/// <param name="usages">What the certificate is for, in the words of the API.</param>
/// <param name="lifetime">How long it is valid.</param>
/// <exception cref="System.Security.Cryptography.CryptographicException">The text is no request, or its signature is wrong.</exception>
public delegate string CertificateSigner(string requestPem, IReadOnlyList<string> usages, TimeSpan lifetime);

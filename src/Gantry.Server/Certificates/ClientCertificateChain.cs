using System.Security.Cryptography.X509Certificates;

namespace Gantry.Server.Certificates;

/// <summary>Chains that trust one authority and nothing of the machine's.</summary>
public static class ClientCertificateChain
{
    /// <summary>A chain that trusts only that authority at that time, and never goes to the network. The caller disposes of it.</summary>
    public static X509Chain Build(X509Certificate2 authority, DateTimeOffset at) => Build([authority], at);

    /// <summary>The same for several authorities.</summary>
    public static X509Chain Build(X509Certificate2Collection authorities, DateTimeOffset at)
    {
        var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = at.UtcDateTime;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        return chain;
    }
}

using System.Security.Cryptography.X509Certificates;

namespace Gantry.Client.Http;

/// <summary>Where an API server is and how to prove who one is. Disposing it disposes the certificates.</summary>
public sealed record ApiConnection : IDisposable
{
    /// <summary>Such as <c>https://127.0.0.1:6443</c>.</summary>
    public required Uri Server { get; init; }

    /// <summary>The authorities the server's certificate may come from; empty for those of the machine.</summary>
    public X509Certificate2Collection Authorities { get; init; } = [];

    /// <summary>Whether any server certificate will do. For tests and emergencies.</summary>
    public bool SkipVerify { get; init; }

    /// <summary>The name to expect in the server's certificate where it differs from the address; may be empty.</summary>
    public string ServerName { get; init; } = "";

    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>A bearer token; may be empty.</summary>
    public string Token { get; init; } = "";

    /// <summary>A file with a bearer token that is renewed from time to time; may be empty. Wins over <see cref="Token"/>.</summary>
    public string TokenFile { get; init; } = "";

    /// <summary>The namespace commands mean when they name none.</summary>
    public string Namespace { get; init; } = "default";

    private const string ServiceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>
    /// The connection every container has to its own cluster: two variables and the files of its service account. Null outside of a cluster.
    /// </summary>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="folder">The folder with <c>token</c>, <c>ca.crt</c> and <c>namespace</c>.</param>
    public static ApiConnection? InCluster(Func<string, string?> variable, string folder = ServiceAccountFolder)
    {
        var host = variable("KUBERNETES_SERVICE_HOST");
        var port = variable("KUBERNETES_SERVICE_PORT");
        var token = Path.Combine(folder, "token");
        if (string.IsNullOrEmpty(host) || string.IsNullOrEmpty(port) || !File.Exists(token))
        {
            return null;
        }

        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(Path.Combine(folder, "ca.crt"));
        var ns = Path.Combine(folder, "namespace");
        return new ApiConnection
        {
            Server = new Uri(host.Contains(':', StringComparison.Ordinal) ? $"https://[{host}]:{port}" : $"https://{host}:{port}"),
            Authorities = authorities,
            TokenFile = token,
            Namespace = File.Exists(ns) ? File.ReadAllText(ns).Trim() : "default",
        };
    }

    public void Dispose()
    {
        ClientCertificate?.Dispose();
        foreach (var authority in Authorities)
        {
            authority.Dispose();
        }
    }
}

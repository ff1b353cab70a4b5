using System.Globalization;
using System.Text;

namespace Gantry.Server.Certificates;

/// <summary>Writes client configuration files that kubectl and every client library read.</summary>
public static class Kubeconfig
{
    /// <summary>The text of a kubeconfig with one cluster, one user and one context; certificates and key are embedded.</summary>
    /// <param name="server">Such as <c>https://127.0.0.1:6443</c>.</param>
    /// <param name="authorityPem">What the client trusts.</param>
    /// <param name="user">Certificate and key of the client.</param>
    /// <param name="userName">How the file names the user.</param>
    /// <param name="cluster">How the file names the cluster and the context.</param>
    public static string Text(Uri server, string authorityPem, IssuedCertificate user, string userName = "admin", string cluster = "gantry")
    {
        static string Embed(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
        return string.Create(CultureInfo.InvariantCulture, $"""
            apiVersion: v1
            kind: Config
            clusters:
            - name: {Quote(cluster)}
              cluster:
                server: {Quote(server.GetLeftPart(UriPartial.Authority))}
                certificate-authority-data: {Embed(authorityPem)}
            users:
            - name: {Quote(userName)}
              user:
                client-certificate-data: {Embed(user.CertificatePem)}
                client-key-data: {Embed(user.KeyPem)}
            contexts:
            - name: {Quote(cluster)}
              context:
                cluster: {Quote(cluster)}
                user: {Quote(userName)}
            current-context: {Quote(cluster)}
            preferences: {"{}"}

            """);
    }

    /// <summary>Writes the file with mode 0600, whole or not at all; an unchanged file is left alone.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, string text)
    {
        if (!File.Exists(path) || !string.Equals(File.ReadAllText(path), text, StringComparison.Ordinal))
        {
            PkiFiles.Write(path, text);
        }
    }

    private static string Quote(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";
}

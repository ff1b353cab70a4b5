using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gantry.Api.Trees;

namespace Gantry.Client.Http;

/// <summary>Reads the parts of a kubeconfig file that say where a cluster is and who one is there.</summary>
/// <remarks>Credential plug-ins (<c>exec</c>) are not run; a user who needs one is refused with an explanation.</remarks>
public static class Kubeconfig
{
    /// <summary>The connection of a context in the file.</summary>
    /// <param name="path">The file; relative paths inside it start at its folder.</param>
    /// <param name="context">The context's name, or empty for the current one.</param>
    /// <exception cref="FormatException">The file is no kubeconfig, or lacks what it refers to.</exception>
    public static ApiConnection Load(string path, string context = "") =>
        Parse(File.ReadAllText(path), Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/", context);

    /// <inheritdoc cref="Load"/>
    /// <param name="text">YAML or JSON.</param>
    /// <param name="folder">Where relative paths start.</param>
    /// <param name="context">The context's name, or empty for the current one.</param>
    public static ApiConnection Parse(string text, string folder, string context = "")
    {
        var root = Root(text);
        var name = context.Length > 0 ? context : Text(root, "current-context");
        if (name.Length == 0)
        {
            throw new FormatException("the kubeconfig has no current-context");
        }

        var chosen = Named(root, "contexts", name, "context");
        var cluster = Named(root, "clusters", Text(chosen, "cluster"), "cluster");
        var userName = Text(chosen, "user");
        var user = userName.Length == 0 ? new TreeMap() : Named(root, "users", userName, "user");
        if (user.Contains("exec") || user.Contains("auth-provider"))
        {
            throw new FormatException($"user \"{userName}\" of the kubeconfig needs a credential plug-in, which is not supported; use a token or a client certificate");
        }

        var server = Text(cluster, "server");
        if (!Uri.TryCreate(server, UriKind.Absolute, out var address))
        {
            throw new FormatException($"the kubeconfig's server \"{server}\" is no address");
        }

        var authorities = new X509Certificate2Collection();
        if (Bytes(cluster, "certificate-authority", folder) is { } pem)
        {
            authorities.ImportFromPem(pem);
        }

        return new ApiConnection
        {
            Server = address,
            Authorities = authorities,
            SkipVerify = Text(cluster, "insecure-skip-tls-verify") == "true",
            ServerName = Text(cluster, "tls-server-name"),
            ClientCertificate = Certificate(user, folder),
            Token = Text(user, "token"),
            TokenFile = Text(user, "tokenFile") is { Length: > 0 } file ? Path.Combine(folder, file) : "",
            Namespace = Text(chosen, "namespace") is { Length: > 0 } ns ? ns : "default",
        };
    }

    private static TreeMap Root(string text)
    {
        try
        {
            return TreeYaml.Parse(text) as TreeMap ?? throw new FormatException("the kubeconfig is empty");
        }
        catch (TreeException broken)
        {
            throw new FormatException("the kubeconfig is no YAML: " + broken.Message, broken);
        }
    }

    private static X509Certificate2? Certificate(TreeMap user, string folder)
    {
        var certificate = Bytes(user, "client-certificate", folder);
        var key = Bytes(user, "client-key", folder);
        if (certificate is null || key is null)
        {
            return null;
        }

        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (CryptographicException broken)
        {
            throw new FormatException("the kubeconfig's client certificate and key cannot be used: " + broken.Message, broken);
        }
    }

    /// <summary>The PEM text of <c>name-data</c> (base64) or of the file <c>name</c>.</summary>
    private static string? Bytes(TreeMap map, string name, string folder)
    {
        if (Text(map, name + "-data") is { Length: > 0 } data)
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(data));
        }

        return Text(map, name) is { Length: > 0 } file ? File.ReadAllText(Path.Combine(folder, file)) : null;
    }

    private static TreeMap Named(TreeMap root, string list, string name, string inner)
    {
        foreach (var item in root.List(list)?.OfType<TreeMap>() ?? [])
        {
            if (Text(item, "name") == name && item.Map(inner) is { } map)
            {
                return map;
            }
        }

        throw new FormatException($"the kubeconfig has no {inner} \"{name}\"");
    }

    private static string Text(TreeMap map, string name) => map[name] switch
    {
        null or TreeNull or TreeMap or TreeList => "",
        TreeString text => text.Value,
        var other => other.ToString(),
    };
}

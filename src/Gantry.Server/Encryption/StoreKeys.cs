using System.Collections.Frozen;
using System.Text;
using Gantry.Api.Schemas;

namespace Gantry.Server.Encryption;

/// <summary>What a key of the store is about, and how Kubernetes would call it.</summary>
public static class StoreKeys
{
    private const string Root = "/registry/";

    // The others keep their group in Kubernetes' keys, as groups of custom resources do.
    private static readonly FrozenSet<string> Flat = ApiCatalog.Resources.Select(r => r.Group)
        .Where(g => g is not ("apiextensions.k8s.io" or "apiregistration.k8s.io")).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The group (empty for the core group) and the plural of the resource under a key; both empty for a key of another form.</summary>
    public static (string Group, string Plural) Resource(string key)
    {
        var (group, plural, _) = Split(key);
        return (group, plural);
    }

    /// <summary>
    /// The key under which Kubernetes keeps the object, as bytes: <c>/registry/secrets/NAMESPACE/NAME</c>. Ciphers authenticate it, so that a value is
    /// worth nothing under another key, and values can go from one to the other.
    /// </summary>
    public static byte[] Context(string key)
    {
        var (group, plural, rest) = Split(key);
        if (plural.Length == 0 || !Flat.Contains(group))
        {
            return Encoding.UTF8.GetBytes(key);
        }

        var folder = (group, plural) switch
        {
            ("", "replicationcontrollers") => "controllers",
            ("", "endpoints") => "services/endpoints",
            ("", "services") => "services/specs",
            ("", "nodes") => "minions",
            ("networking.k8s.io", "ingresses") => "ingress",
            _ => plural,
        };
        return Encoding.UTF8.GetBytes($"{Root}{folder}/{rest}");
    }

    private static (string Group, string Plural, string Below) Split(string key)
    {
        if (!key.StartsWith(Root, StringComparison.Ordinal))
        {
            return ("", "", "");
        }

        var group = key.IndexOf('/', Root.Length);
        var plural = group < 0 ? -1 : key.IndexOf('/', group + 1);
        if (plural < 0)
        {
            return ("", "", "");
        }

        var name = key[Root.Length..group];
        return (name == "core" ? "" : name, key[(group + 1)..plural], key[(plural + 1)..]);
    }
}

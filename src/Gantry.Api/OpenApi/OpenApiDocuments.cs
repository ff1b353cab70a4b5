using System.Security.Cryptography;
using System.Text;
using Gantry.Api.Trees;

namespace Gantry.Api.OpenApi;

/// <summary>
/// The documents of a set of served resources, made when first asked for. The set does not change: when custom resources come and go, make new documents.
/// </summary>
public sealed class OpenApiDocuments
{
    // What the documents of custom resources are called, each of which is made for itself.
    private static readonly TreeMap CustomInfo = new() { ["title"] = "Kubernetes CRD Swagger", ["version"] = "v0.1.0" };

    private readonly IReadOnlyList<OpenApiResource> _resources;
    private readonly ILookup<string, OpenApiResource> _byPath;
    private readonly Dictionary<string, string> _hashes = new(StringComparer.Ordinal);
    private readonly string _release;
    private readonly Lazy<OpenApiDocument> _v2;
    private readonly Lazy<OpenApiDocument> _v2Protobuf;
    private readonly SortedDictionary<string, Lazy<OpenApiDocument>> _v3 = new(StringComparer.Ordinal);
    private readonly Lazy<OpenApiDocument> _index;

    /// <param name="resources">What is served.</param>
    /// <param name="release">The version of Kubernetes that is spoken, such as <c>1.32</c>.</param>
    public OpenApiDocuments(IReadOnlyList<OpenApiResource> resources, string release)
    {
        _resources = resources;
        _byPath = resources.ToLookup(r => r.DocumentPath, StringComparer.Ordinal);
        _release = release;
        _v2 = new(() => Document(OpenApiVersion.V2, AllPaths(), _resources));
        _v2Protobuf = new(() => V2.ToProtobuf());
        _index = new(Index);
        AddV3("api", static () => [ServerPaths.CoreVersions], []);
        AddV3("apis", static () => [ServerPaths.Groups], []);
        AddV3("version", static () => [ServerPaths.Version], []);
        AddV3(".well-known/openid-configuration", static () => [ServerPaths.Issuer], []);
        AddV3("openid/v1/jwks", static () => [ServerPaths.IssuerKeys], []);
        foreach (var group in resources.GroupBy(r => r.Type.Group))
        {
            if (HasDiscovery(group) && group.Key.Length > 0)
            {
                var name = group.Key;
                AddV3("apis/" + name, () => [ServerPaths.Group(name)], []);
            }
            foreach (var version in group.GroupBy(r => r.Type.Version))
            {
                OpenApiResource[] own = [.. version];
                var (name, number) = (group.Key, version.Key);
                AddV3(
                    name.Length == 0 ? "api/" + number : $"apis/{name}/{number}", () => VersionPaths(name, number, own), own);
            }
        }
    }

    /// <summary>The document of <c>/openapi/v2</c>.</summary>
    public OpenApiDocument V2 => _v2.Value;

    /// <summary>The same in protobuf (<c>application/com.github.proto-openapi.spec.v2@v1.0+protobuf</c>).</summary>
    public OpenApiDocument V2Protobuf => _v2Protobuf.Value;

    /// <summary>The document of <c>/openapi/v3</c>: where the others are, with their hashes.</summary>
    public OpenApiDocument V3Index => _index.Value;

    /// <summary>The document of <c>/openapi/v3/PATH</c>, such as <c>apis/apps/v1</c>, or null.</summary>
    public OpenApiDocument? V3(string path) => _v3.TryGetValue(path, out var document) ? document.Value : null;

    private void AddV3(string path, Func<IEnumerable<ApiPath>> paths, IReadOnlyList<OpenApiResource> resources) =>
        _v3.Add(path, new(() => Document(OpenApiVersion.V3, paths(), resources)));

    private IEnumerable<ApiPath> AllPaths()
    {
        IEnumerable<ApiPath> paths = [ServerPaths.CoreVersions, ServerPaths.Groups, ServerPaths.Version, ServerPaths.Issuer, ServerPaths.IssuerKeys];
        foreach (var group in _resources.GroupBy(r => r.Type.Group))
        {
            paths = HasDiscovery(group) && group.Key.Length > 0 ? paths.Append(ServerPaths.Group(group.Key)) : paths;
            foreach (var version in group.GroupBy(r => r.Type.Version))
            {
                paths = paths.Concat(VersionPaths(group.Key, version.Key, [.. version]));
            }
        }
        return paths;
    }

    // Discovery of custom resources is served, but nobody describes it.
    private static bool HasDiscovery(IEnumerable<OpenApiResource> resources) => resources.Any(r => !r.IsCustom);

    private static IEnumerable<ApiPath> VersionPaths(string group, string version, OpenApiResource[] resources)
    {
        var paths = resources.SelectMany(ResourcePaths.Of);
        return HasDiscovery(resources) ? paths.Prepend(ServerPaths.Resources(group, version)) : paths;
    }

    private OpenApiDocument Document(OpenApiVersion version, IEnumerable<ApiPath> paths, IReadOnlyList<OpenApiResource> resources)
    {
        var definitions = new Definitions(version);
        var writer = new PathWriter(version, definitions);
        foreach (var resource in resources)
        {
            writer.Knows(resource);
        }
        // Written piece by piece: with a thousand custom resources the whole as a tree is ten times what the document is.
        using var output = new JsonOutput();
        using var packer = new DocumentPacker();
        var first = true;
        output.Byte('{');
        output.Member(version == OpenApiVersion.V2 ? "swagger" : "openapi", version == OpenApiVersion.V2 ? "2.0" : "3.0.0", ref first);
        var isCustom = version == OpenApiVersion.V3 && resources.Count > 0 && !HasDiscovery(resources);
        output.Member("info", isCustom ? CustomInfo : new TreeMap { ["title"] = "Kubernetes", ["version"] = _release }, ref first);
        output.Name("paths", ref first);
        output.Byte('{');
        var firstPath = true;
        foreach (var path in paths.OrderBy(p => p.Path, StringComparer.Ordinal))
        {
            output.Member(path.Path, writer.Write(path), ref firstPath);
            packer.Drain(output);
        }
        output.Byte('}');
        var scheme = new TreeMap
        {
            ["BearerToken"] = new TreeMap { ["description"] = "A bearer token.", ["type"] = "apiKey", ["name"] = "authorization", ["in"] = "header" },
        };
        if (version == OpenApiVersion.V2)
        {
            output.Name("definitions", ref first);
            definitions.Write(output, packer);
            output.Member("securityDefinitions", scheme, ref first);
            output.Member("security", new TreeList([new TreeMap { ["BearerToken"] = new TreeList() }]), ref first);
        }
        else
        {
            output.Name("components", ref first);
            var firstPart = true;
            output.Byte('{');
            output.Name("schemas", ref firstPart);
            definitions.Write(output, packer);
            if (!isCustom)
            {
                output.Member("securitySchemes", scheme, ref firstPart);
            }
            output.Byte('}');
        }
        output.Byte('}');
        packer.Drain(output, all: true);
        return packer.Finish();
    }

    // The hash in an address lets clients keep a document for good. It tells documents apart without making them: the same program makes the same
    // document of the same resources.
    private OpenApiDocument Index()
    {
        var paths = new TreeMap();
        foreach (var path in _v3.Keys)
        {
            paths.Add(path, new TreeMap { ["serverRelativeURL"] = $"/openapi/v3/{path}?hash={HashOf(path)}" });
        }
        return OpenApiDocument.Of(TreeJson.Write(new TreeMap { ["paths"] = paths }));
    }

    /// <summary>The hash under which the index names a v3 document; what the query must say for the answer to be kept for good.</summary>
    public string HashOf(string path)
    {
        lock (_hashes)
        {
            return _hashes.TryGetValue(path, out var known) ? known : _hashes[path] = Hash(path);
        }
    }

    private string Hash(string path)
    {
        var known = new StringBuilder(path).Append('\n').Append(typeof(OpenApiDocuments).Module.ModuleVersionId).Append('\n').Append(_release);
        foreach (var resource in _byPath[path])
        {
            known.Append('\n').Append(resource.Type).Append(resource.Fingerprint);
        }
        return Convert.ToHexString(SHA512.HashData(Encoding.UTF8.GetBytes(known.ToString())));
    }
}

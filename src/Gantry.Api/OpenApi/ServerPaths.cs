namespace Gantry.Api.OpenApi;

/// <summary>The paths beside the resources: discovery, the version, the issuer's keys.</summary>
internal static class ServerPaths
{
    private const string Meta = "io.k8s.apimachinery.pkg.apis.meta.v1.";

    public static ApiPath CoreVersions { get; } = Discovery("/api/", "core", "getCoreAPIVersions", "get available API versions", "APIVersions");

    public static ApiPath Groups { get; } = Discovery("/apis/", "apis", "getAPIVersions", "get available API versions", "APIGroupList");

    public static ApiPath Version { get; } = new("/version/", "version",
    [
        new()
        {
            Method = "get",
            Id = "getCodeVersion",
            Description = "get the version of the server",
            Consumes = [MediaTypes.Json],
            Produces = [MediaTypes.Json],
            Answer = Definitions.VersionInfo,
        },
    ]);

    public static ApiPath Issuer { get; } = new("/.well-known/openid-configuration/", "WellKnown",
    [
        new() { Method = "get", Id = "getServiceAccountIssuerOpenIDConfiguration", Description = "get how tokens of service accounts are issued", Produces = [MediaTypes.Json] },
    ]);

    public static ApiPath IssuerKeys { get; } = new("/openid/v1/jwks/", "openid",
    [
        new() { Method = "get", Id = "getServiceAccountIssuerOpenIDKeyset", Description = "get the keys with which tokens of service accounts are checked", Produces = ["application/jwk-set+json"] },
    ]);

    public static ApiPath Group(string group) =>
        Discovery($"/apis/{group}/", GroupNames.Tag(group, null), $"get{GroupNames.Title(group)}APIGroup", "get information of a group", "APIGroup");

    public static ApiPath Resources(string group, string version)
    {
        var title = GroupNames.Title(group) + char.ToUpperInvariant(version[0]) + version[1..];
        return Discovery(
            group.Length == 0 ? $"/api/{version}/" : $"/apis/{group}/{version}/", GroupNames.Tag(group, version), $"get{title}APIResources", "get available resources", "APIResourceList");
    }

    private static ApiPath Discovery(string path, string tag, string id, string description, string answer) => new(path, tag,
    [
        new() { Method = "get", Id = id, Description = description, Consumes = MediaTypes.Objects, Answer = Meta + answer },
    ]);
}

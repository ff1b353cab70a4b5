namespace Gantry.Api.OpenApi;

/// <summary>Kinds that are no resources of their own but that requests and answers hold.</summary>
internal static class SharedKinds
{
    private const string Meta = "io.k8s.apimachinery.pkg.apis.meta.v1.";

    public static (string Group, string Version, string Kind)? Of(string definition) => definition switch
    {
        Meta + "APIGroup" => ("", "v1", "APIGroup"),
        Meta + "APIGroupList" => ("", "v1", "APIGroupList"),
        Meta + "APIResourceList" => ("", "v1", "APIResourceList"),
        Meta + "APIVersions" => ("", "v1", "APIVersions"),
        Meta + "Status" => ("", "v1", "Status"),
        "io.k8s.api.autoscaling.v1.Scale" => ("autoscaling", "v1", "Scale"),
        "io.k8s.api.policy.v1.Eviction" => ("policy", "v1", "Eviction"),
        "io.k8s.api.authentication.v1.TokenRequest" => ("authentication.k8s.io", "v1", "TokenRequest"),
        _ => null,
    };
}

using System.Text;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Api.Schemas.Generated;

namespace Gantry.Server.Subresources;

/// <summary>Kinds that are only read and written through subresources, so that no resource of their own serves them.</summary>
internal static class SubresourceKinds
{
    public static ResourceType Scale { get; } = new("autoscaling", "v1", "Scale", "scales", true, static () => ApiTypes.V1Scale)
    {
        Columns =
        [
            new("Name", "string", "name", 0, "the workload's name"), new("Desired", "integer", "", 0, "how many replicas are wanted"),
            new("Available", "integer", "", 0, "how many replicas there are"), new("Age", "string", "", 0, "how long ago the workload was made"),
        ],
    };

    public static ResourceType Eviction { get; } = new("policy", "v1", "Eviction", "evictions", true, static () => ApiTypes.V1Eviction);

    public static ResourceType TokenRequest { get; } =
        new("authentication.k8s.io", "v1", "TokenRequest", "tokenrequests", true, static () => ApiTypes.AuthenticationV1TokenRequest);

    /// <summary>The value as a whole object: models of these kinds do not say by themselves what they are.</summary>
    public static byte[] Encode(ResourceType type, IApiModel value)
    {
        var body = ApiJson.Encode(value);
        var head = Encoding.UTF8.GetBytes($"{{\"kind\":\"{type.Kind}\",\"apiVersion\":\"{type.ApiVersion}\",");
        return [.. head, .. body.AsSpan(1)];
    }
}

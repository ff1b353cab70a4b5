using Gantry.Api.Models;

namespace Gantry.Client;

/// <summary>An object of any kind, without its content.</summary>
public sealed record ObjectMetadata(string ApiVersion, string Kind, V1ObjectMeta Metadata)
{
    public ObjectKey Key => new(Metadata.Namespace, Metadata.Name);
}

using Gantry.Api.Schemas;
using Gantry.Api.Trees;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;

namespace Gantry.Server.Writing;

/// <summary>Keeps no record of who manages which fields, so it cannot merge applied configurations either.</summary>
public sealed class PlainFieldManagers : IFieldManagers
{
    public void Update(ResourceType type, TreeMap? old, TreeMap value, FieldWrite write)
    {
        value.Map("metadata")?.Remove("managedFields");
    }

    public (TreeMap? Value, ApiStatus? Refusal) Apply(ResourceType type, TreeMap? old, TreeMap applied, FieldWrite write, bool force) =>
        (null, ApiStatus.UnsupportedMediaType(["application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json"]));
}

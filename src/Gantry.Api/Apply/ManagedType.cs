using Gantry.Api.Schemas;
using Gantry.Api.Trees;

namespace Gantry.Api.Apply;

/// <summary>What the field manager needs to know about a kind in one version.</summary>
/// <param name="Shape">How its objects merge.</param>
/// <param name="Group">Empty for the core group.</param>
/// <param name="Version">Such as <c>v1</c>.</param>
/// <param name="Kind">Such as <c>Deployment</c>.</param>
/// <param name="Empty">An object of the kind in which nothing is set, in canonical form: what a new object is compared with.</param>
public sealed record ManagedType(ApplyShape Shape, string Group, string Version, string Kind, TreeMap Empty)
{
    public string ApiVersion => Group.Length == 0 ? Version : Group + "/" + Version;

    /// <summary>As Go prints it: <c>apps/v1, Kind=Deployment</c>, <c>/v1, Kind=Pod</c>.</summary>
    public string KindText => $"{Group}/{Version}, Kind={Kind}";

    public static ManagedType Of(ResourceType resource) => Of(resource.Schema, resource.Group, resource.Version, resource.Kind);

    public static ManagedType Of(TypeSchema schema, string group, string version, string kind) =>
        new(schema.ApplyShape, group, version, kind, Canonical.Of(schema, new TreeMap()));
}

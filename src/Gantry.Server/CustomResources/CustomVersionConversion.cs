using Gantry.Api.Schemas;
using Gantry.Api.Trees;
using Gantry.Server.Handling;

namespace Gantry.Server.CustomResources;

/// <summary>Between versions of a custom resource that convert by name alone (strategy <c>None</c>).</summary>
internal sealed class CustomVersionConversion(ResourceType served, ResourceType stored) : IVersionConversion
{
    public TreeMap Store(TreeMap value)
    {
        value["apiVersion"] = stored.ApiVersion;
        return value;
    }

    public TreeMap Serve(TreeMap value)
    {
        value["apiVersion"] = served.ApiVersion;
        return value;
    }
}

using Gantry.Api.Models;
using Gantry.Server.Handling;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Statuses;

namespace Gantry.Server.Admission.Matching;

/// <summary>Which requests a policy or a binding is about (<c>MatchResources</c>).</summary>
internal sealed class ResourceMatch
{
    private readonly V1MatchResources _match;
    private readonly IReadOnlyList<ResourceRule> _rules;
    private readonly IReadOnlyList<ResourceRule> _excluded;

    public ResourceMatch(V1MatchResources match)
    {
        _match = match;
        _rules = [.. match.ResourceRules.Select(ResourceRule.Of)];
        _excluded = [.. match.ExcludeResourceRules.Select(ResourceRule.Of)];
    }

    /// <summary>Whether it is about a request.</summary>
    /// <returns>As what the request is seen, or null; or why nobody can tell.</returns>
    public (Invocation? Shown, ApiStatus? Problem) Find(AdmissionRequest request, ReviewedObject value, IObjects objects, ResourceTable resources)
    {
        var (around, problem) = Selectors.SelectsNamespace(_match.NamespaceSelector, request, value, objects);
        if ((!around && problem is null) || !Selectors.SelectsObject(_match.ObjectSelector, value))
        {
            return (null, null);
        }

        var equivalent = _match.MatchPolicy != "Exact";
        if (Invocation.Find(_excluded, equivalent, request, resources) is not null)
        {
            return (null, null);
        }

        // No rules exclude nothing.
        var shown = _rules.Count == 0 ? Invocation.Of(request) : Invocation.Find(_rules, equivalent, request, resources);
        return shown is null ? (null, null) : (shown, problem);
    }
}

using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Server.Pipeline;

namespace Gantry.Server.Admission.Matching;

/// <summary>A rule of a webhook or a policy: which operations on which resources it is about. Pure.</summary>
internal sealed record ResourceRule
{
    public required IReadOnlyList<string> Operations { get; init; }

    public required IReadOnlyList<string> Groups { get; init; }

    public required IReadOnlyList<string> Versions { get; init; }

    public required IReadOnlyList<string> Resources { get; init; }

    public string? Scope { get; init; }

    /// <summary>The names of the objects that it is about; empty for all.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    public static ResourceRule Of(V1RuleWithOperations rule) => new()
    {
        Operations = rule.Operations, Groups = rule.ApiGroups, Versions = rule.ApiVersions, Resources = rule.Resources, Scope = rule.Scope,
    };

    public static ResourceRule Of(V1NamedRuleWithOperations rule) => new()
    {
        Operations = rule.Operations, Groups = rule.ApiGroups, Versions = rule.ApiVersions, Resources = rule.Resources, Scope = rule.Scope, Names = rule.ResourceNames,
    };

    /// <summary>Whether the rule is about a request, were it for that resource.</summary>
    public bool Matches(AdmissionRequest request, ResourceType resource) =>
        Has(Operations, request.Verb) && Has(Groups, resource.Group) && Has(Versions, resource.Version)
        && IsNamed(request.Name) && Resources.Any(r => Matches(r, resource.Plural, request.Subresource)) && InScope(request, resource);

    private bool IsNamed(string name) => Names.Count == 0 || Names.Contains(name, StringComparer.Ordinal);

    private static bool Has(IReadOnlyList<string> allowed, string value) => allowed.Contains("*", StringComparer.Ordinal) || allowed.Contains(value, StringComparer.Ordinal);

    // "pods", "pods/status", "pods/*", "*", "*/*", "*/scale"
    private static bool Matches(string rule, string plural, string subresource)
    {
        var slash = rule.IndexOf('/', StringComparison.Ordinal);
        var (resource, sub) = slash < 0 ? (rule, "") : (rule[..slash], rule[(slash + 1)..]);
        return (resource == "*" || resource == plural) && (sub == "*" || sub == subresource);
    }

    // Namespaces are of the cluster, although requests for one name it as their namespace.
    private bool InScope(AdmissionRequest request, ResourceType resource) => Scope switch
    {
        "Namespaced" => resource.Namespaced && request.Namespace.Length > 0,
        "Cluster" => !resource.Namespaced || request.Namespace.Length == 0,
        _ => true,
    };
}

using Gantry.Api.Models;
using Gantry.Client.Selectors;
using Gantry.Server.Pipeline;

namespace Gantry.Server.Admission.Webhooks;

/// <summary>Whether a webhook is to be asked about a request; pure.</summary>
internal static class WebhookRules
{
    /// <summary>Whether one of the rules names the request.</summary>
    public static bool Names(Webhook hook, AdmissionRequest request)
    {
        // A webhook must not be able to lock everybody out of its own configuration.
        if (request.Type is { Group: "admissionregistration.k8s.io" })
        {
            return false;
        }

        foreach (var rule in hook.Rules)
        {
            if (Has(rule.Operations, request.Verb) && Has(rule.ApiGroups, request.Type.Group) && Has(rule.ApiVersions, request.Type.Version)
                && rule.Resources.Any(r => Matches(r, request.Type.Plural, request.Subresource)) && InScope(rule.Scope, request))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a selector chooses these labels; none chooses everything.</summary>
    public static bool Selects(V1LabelSelector? selector, IReadOnlyDictionary<string, string> labels)
    {
        if (selector is null)
        {
            return true;
        }

        foreach (var (key, value) in selector.MatchLabels)
        {
            if (!labels.TryGetValue(key, out var found) || found != value)
            {
                return false;
            }
        }

        return selector.MatchExpressions.All(e => new LabelRequirement(e.Key, e.Operator switch
        {
            "In" => LabelOperator.In,
            "NotIn" => LabelOperator.NotIn,
            "Exists" => LabelOperator.Exists,
            _ => LabelOperator.DoesNotExist,
        }, e.Values).Matches(labels.GetValueOrDefault(e.Key)));
    }

    private static bool Has(IReadOnlyList<string> allowed, string value) => allowed.Contains("*", StringComparer.Ordinal) || allowed.Contains(value, StringComparer.Ordinal);

    // "pods", "pods/status", "pods/*", "*", "*/*", "*/scale"
    private static bool Matches(string rule, string plural, string subresource)
    {
        var slash = rule.IndexOf('/', StringComparison.Ordinal);
        var (resource, sub) = slash < 0 ? (rule, "") : (rule[..slash], rule[(slash + 1)..]);
        return (resource == "*" || resource == plural) && (sub == "*" || sub == subresource);
    }

    private static bool InScope(string? scope, AdmissionRequest request) => scope switch
    {
        "Namespaced" => request.Type.Namespaced,
        "Cluster" => !request.Type.Namespaced,
        _ => true,
    };
}

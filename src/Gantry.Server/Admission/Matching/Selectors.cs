using Gantry.Api.Models;
using Gantry.Client.Selectors;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Statuses;

namespace Gantry.Server.Admission.Matching;

/// <summary>Which objects and namespaces a webhook or a policy is about, by labels.</summary>
internal static class Selectors
{
    /// <summary>Whether a selector chooses these labels; none chooses everything.</summary>
    public static bool Selects(V1LabelSelector? selector, IReadOnlyDictionary<string, string> labels)
    {
        if (ChoosesAll(selector))
        {
            return true;
        }

        foreach (var (key, value) in selector!.MatchLabels)
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

    /// <summary>Whether a selector chooses the object as it is to be, or as it was.</summary>
    public static bool SelectsObject(V1LabelSelector? selector, ReviewedObject value) => ChoosesAll(selector)
        || (value.Labels is { } now && Selects(selector, now)) || (value.OldLabels is { } before && Selects(selector, before));

    /// <summary>Whether a selector chooses the namespace of a request. What is in none is in all.</summary>
    /// <returns>Whether it does; or why nobody can tell.</returns>
    public static (bool Selects, ApiStatus? Problem) SelectsNamespace(V1LabelSelector? selector, AdmissionRequest request, ReviewedObject value, IObjects objects)
    {
        if (ChoosesAll(selector))
        {
            return (true, null);
        }

        var isNamespace = ReferenceEquals(request.Type, V1Namespace.Resource);
        if (!isNamespace && request.Namespace.Length == 0)
        {
            return (true, null);
        }

        // A namespace that is being written is judged by what it becomes.
        if (isNamespace && request.Subresource.Length == 0 && request.Operation is AdmissionOperation.Create or AdmissionOperation.Update && value.Labels is { } own)
        {
            return (Selects(selector, own), null);
        }

        var name = isNamespace ? request.Name : request.Namespace;
        return objects.Get<V1Namespace>("", name) is { } ns
            ? (Selects(selector, ns.Metadata.Labels), null)
            : (false, ApiStatus.NotFound(V1Namespace.Resource, name));
    }

    private static bool ChoosesAll(V1LabelSelector? selector) => selector is null or { MatchLabels.Count: 0, MatchExpressions.Count: 0 };
}

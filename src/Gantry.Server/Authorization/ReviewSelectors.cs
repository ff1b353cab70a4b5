using Gantry.Api.Models;
using Gantry.Client.Selectors;

namespace Gantry.Server.Authorization;

/// <summary>
/// Selectors of a question of access as requirements. What is not understood is left out and told: requirements narrow what is asked for, so
/// leaving one out asks for more.
/// </summary>
internal static class ReviewSelectors
{
    public static IReadOnlyList<FieldRequirement> Fields(V1FieldSelectorAttributes? selector, List<string> problems)
    {
        if (selector is null)
        {
            return [];
        }

        if (selector.RawSelector.Length > 0)
        {
            return FieldSelector.TryParse(selector.RawSelector, out var parsed, out _) ? parsed.Requirements : Ignored<FieldRequirement>("fieldSelector", problems);
        }

        var understood = selector.Requirements.Where(r => r.Values.Count == 1 && r.Operator is "In" or "NotIn")
            .Select(r => new FieldRequirement(r.Key, r.Operator == "In", r.Values[0])).ToList();
        return Told(understood, understood.Count == selector.Requirements.Count, "fieldSelector", problems);
    }

    public static IReadOnlyList<LabelRequirement> Labels(V1LabelSelectorAttributes? selector, List<string> problems)
    {
        if (selector is null)
        {
            return [];
        }

        if (selector.RawSelector.Length > 0)
        {
            return LabelSelector.TryParse(selector.RawSelector, out var parsed, out _) ? parsed.Requirements : Ignored<LabelRequirement>("labelSelector", problems);
        }

        var understood = selector.Requirements.Select(r => (Requirement: r, Operator: Operator(r.Operator))).Where(r => r.Operator is not null)
            .Select(r => new LabelRequirement(r.Requirement.Key, r.Operator!.Value, r.Requirement.Values)).ToList();
        return Told(understood, understood.Count == selector.Requirements.Count, "labelSelector", problems);
    }

    private static LabelOperator? Operator(string name) => name switch
    {
        "In" => LabelOperator.In,
        "NotIn" => LabelOperator.NotIn,
        "Exists" => LabelOperator.Exists,
        "DoesNotExist" => LabelOperator.DoesNotExist,
        _ => null,
    };

    private static IReadOnlyList<T> Told<T>(IReadOnlyList<T> understood, bool whole, string name, List<string> problems)
    {
        if (!whole && understood.Count > 0)
        {
            problems.Add($"spec.resourceAttributes.{name} partially ignored due to parse error");
        }

        return whole || understood.Count > 0 ? understood : Ignored<T>(name, problems);
    }

    private static IReadOnlyList<T> Ignored<T>(string name, List<string> problems)
    {
        problems.Add($"spec.resourceAttributes.{name} ignored due to parse error");
        return [];
    }
}

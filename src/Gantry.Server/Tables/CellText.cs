using System.Globalization;
using Gantry.Api.Models;
using Gantry.Client.Selectors;

namespace Gantry.Server.Tables;

/// <summary>Texts that cells of several kinds share.</summary>
internal static class CellText
{
    public const string None = "<none>";
    public const string Unset = "<unset>";

    private const int ShownItems = 3;

    public static string OrNone(string? text) => string.IsNullOrEmpty(text) ? None : text;

    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    public static string Of(long part, long whole) => string.Create(CultureInfo.InvariantCulture, $"{part}/{whole}");

    /// <summary>A set of labels as <c>a=b,c=d</c>.</summary>
    public static string Labels(IReadOnlyDictionary<string, string> labels) => OrNone(LabelSelector.Of(labels).ToString());

    /// <summary>A selector in its text form; <c>&lt;none&gt;</c> where it is not set or selects everything.</summary>
    public static string Selector(V1LabelSelector? selector) => OrNone(SelectorText(selector));

    /// <summary>A selector in its text form, empty where it selects everything; one that is not set selects nothing.</summary>
    public static string SelectorText(V1LabelSelector? selector)
    {
        if (selector is null)
        {
            return "";
        }

        var labels = LabelSelector.Of(selector.MatchLabels).Requirements;
        var expressions = selector.MatchExpressions.Select(e => new LabelRequirement(e.Key, Operator(e.Operator), e.Values));
        return new LabelSelector([.. labels.Concat(expressions).OrderBy(r => r.Key, StringComparer.Ordinal)]).ToString();
    }

    /// <summary>A selector as Go's generated code prints it, which one kind of cell shows.</summary>
    public static string Dump(V1LabelSelector selector)
    {
        var labels = string.Concat(selector.MatchLabels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}: {l.Value},"));
        var expressions = string.Concat(selector.MatchExpressions.Select(e => $"LabelSelectorRequirement{{Key:{e.Key},Operator:{e.Operator},Values:[{string.Join(' ', e.Values)}],}},"));
        return $"&LabelSelector{{MatchLabels:map[string]string{{{labels}}},MatchExpressions:[]LabelSelectorRequirement{{{expressions}}},}}";
    }

    /// <summary>The first few items, and how many more there are.</summary>
    public static string Some(IReadOnlyCollection<string> items, int all) => items.Count <= ShownItems && all <= ShownItems
        ? string.Join(",", items)
        : string.Join(",", items.Take(ShownItems)) + string.Create(CultureInfo.InvariantCulture, $" + {all - ShownItems} more...");

    public static string ContainerNames(V1PodTemplateSpec? template) => string.Join(",", (template?.Spec?.Containers ?? []).Select(c => c.Name));

    public static string Images(V1PodTemplateSpec? template) => string.Join(",", (template?.Spec?.Containers ?? []).Select(c => c.Image));

    private static LabelOperator Operator(string name) => name switch
    {
        "In" => LabelOperator.In,
        "NotIn" => LabelOperator.NotIn,
        "Exists" => LabelOperator.Exists,
        _ => LabelOperator.DoesNotExist,
    };
}

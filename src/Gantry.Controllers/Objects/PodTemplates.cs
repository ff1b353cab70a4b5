using System.Text;
using Gantry.Api;
using Gantry.Api.Models;

namespace Gantry.Controllers.Objects;

/// <summary>Pods from templates, and short names for templates.</summary>
public static class PodTemplates
{
    private const string Letters = "bcdfghjklmnpqrstvwxz2456789";

    /// <summary>A pod as the template says, controlled by the owner, with a generated name.</summary>
    public static V1Pod Pod(V1PodTemplateSpec template, string ns, string ownerName, V1OwnerReference owner) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Namespace = ns,
            GenerateName = Prefix(ownerName),
            Labels = template.Metadata.Labels,
            Annotations = template.Metadata.Annotations,
            Finalizers = template.Metadata.Finalizers,
            OwnerReferences = [owner],
        },
        Spec = template.Spec,
    };

    /// <summary>The owner's name and a hyphen, unless that would end up in no valid name.</summary>
    public static string Prefix(string ownerName) => ownerName.Length < 240 ? ownerName + "-" : ownerName;

    /// <summary>
    /// A short hash of a template, as a label value without vowels (so that it never spells a word). The same template gives the same
    /// hash; Kubernetes' own values cannot be had, since they hash the memory layout of its types.
    /// </summary>
    /// <param name="template">The template without a hash label.</param>
    /// <param name="collisions">How often other templates were found to have the same hash; null is 0.</param>
    public static string Hash(V1PodTemplateSpec template, int? collisions)
    {
        var hash = 2166136261u;
        foreach (var b in ApiJson.Encode(template).AsSpan())
        {
            hash = (hash ^ b) * 16777619u;
        }

        foreach (var b in BitConverter.GetBytes(collisions ?? 0))
        {
            hash = (hash ^ b) * 16777619u;
        }

        var digits = hash.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var text = new StringBuilder(digits.Length);
        foreach (var digit in digits)
        {
            text.Append(Letters[digit % Letters.Length]);
        }

        return text.ToString();
    }

    /// <summary>The template without the label; equal templates of different revisions are equal then.</summary>
    public static V1PodTemplateSpec Without(V1PodTemplateSpec template, string label)
    {
        if (!template.Metadata.Labels.ContainsKey(label))
        {
            return template;
        }

        var labels = template.Metadata.Labels.Where(l => l.Key != label).ToDictionary(l => l.Key, l => l.Value, StringComparer.Ordinal);
        return template with { Metadata = template.Metadata with { Labels = labels } };
    }

    /// <summary>The map with one more entry.</summary>
    public static IReadOnlyDictionary<string, string> With(this IReadOnlyDictionary<string, string> map, string key, string value) =>
        new Dictionary<string, string>(map, StringComparer.Ordinal) { [key] = value };
}

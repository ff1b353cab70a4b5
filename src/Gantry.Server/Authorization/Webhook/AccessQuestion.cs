using System.Text.Json;
using Gantry.Api.Models;
using Gantry.Client.Selectors;
using Gantry.Server.Authentication;
using Gantry.Server.Pipeline;

namespace Gantry.Server.Authorization.Webhook;

/// <summary>A request as the SubjectAccessReview that asks about it.</summary>
internal static class AccessQuestion
{
    public static V1SubjectAccessReviewSpec Spec(AuthorizationAttributes asked) => new()
    {
        User = asked.User.Name,
        Uid = asked.User.Uid,
        Groups = asked.User.Groups,
        Extra = UserModels.Of(asked.User).Extra,
        ResourceAttributes = asked.IsResource ? Resource(asked) : null,
        NonResourceAttributes = asked.IsResource ? null : new V1NonResourceAttributes { Path = asked.Path, Verb = asked.Verb },
    };

    /// <summary>The whole review in that version.</summary>
    public static byte[] Json(AuthorizationAttributes asked, string version)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("kind", "SubjectAccessReview");
            json.WriteString("apiVersion", "authorization.k8s.io/" + version);
            json.WriteStartObject("metadata");
            json.WriteNull("creationTimestamp");
            json.WriteEndObject();
            json.WritePropertyName("spec");
            WriteSpec(json, asked, version);
            json.WriteStartObject("status");
            json.WriteBoolean("allowed", false);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    // The older version calls the groups "group".
    private static void WriteSpec(Utf8JsonWriter json, AuthorizationAttributes asked, string version)
    {
        var spec = Spec(asked);
        if (version == "v1" || spec.Groups.Count == 0)
        {
            spec.Write(json);
            return;
        }

        using var plain = JsonDocument.Parse(Gantry.Api.ApiJson.Encode(spec));
        json.WriteStartObject();
        foreach (var member in plain.RootElement.EnumerateObject())
        {
            json.WritePropertyName(member.NameEquals("groups") ? "group" : member.Name);
            member.Value.WriteTo(json);
        }

        json.WriteEndObject();
    }

    private static V1ResourceAttributes Resource(AuthorizationAttributes asked) => new()
    {
        Namespace = asked.Namespace,
        Verb = asked.Verb,
        Group = asked.Group,
        Version = asked.Version,
        Resource = asked.Resource,
        Subresource = asked.Subresource,
        Name = asked.Name,
        FieldSelector = asked.FieldSelector.Count == 0 ? null : new V1FieldSelectorAttributes
        {
            Requirements = [.. asked.FieldSelector.Select(r => new V1FieldSelectorRequirement { Key = r.Field, Operator = r.Equal ? "In" : "NotIn", Values = [r.Value] })],
        },
        LabelSelector = Labels(asked.LabelSelector),
    };

    // Comparisons by order have no words there.
    private static V1LabelSelectorAttributes? Labels(IReadOnlyList<LabelRequirement> requirements)
    {
        IReadOnlyList<V1LabelSelectorRequirement> said =
        [
            .. requirements.Where(r => r.Operator is not (LabelOperator.GreaterThan or LabelOperator.LessThan))
                .Select(r => new V1LabelSelectorRequirement { Key = r.Key, Operator = r.Operator.ToString(), Values = r.Values }),
        ];
        return said.Count == 0 ? null : new V1LabelSelectorAttributes { Requirements = said };
    }
}

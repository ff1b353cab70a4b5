using System.Text;
using System.Text.Json;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.PolicyStatuses;

/// <summary>Writes into the status of a ValidatingAdmissionPolicy what checking its types found, once for each generation. Pure but for the check.</summary>
public static class PolicyStatusPlanner
{
    private const string Manager = "validatingadmissionpolicy-status";

    public static IReadOnlyList<Intent> Plan(V1ValidatingAdmissionPolicy policy, PolicyTypeChecker check)
    {
        var generation = policy.Metadata.Generation;
        if (policy.Metadata.DeletionTimestamp is not null || generation <= policy.Status.ObservedGeneration)
        {
            return [];
        }

        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("apiVersion", V1ValidatingAdmissionPolicy.Resource.ApiVersion);
            json.WriteString("kind", V1ValidatingAdmissionPolicy.Resource.Kind);
            json.WriteStartObject("metadata");
            json.WriteString("name", policy.Metadata.Name);
            json.WriteEndObject();
            json.WriteStartObject("status");
            json.WriteNumber("observedGeneration", generation);
            json.WriteStartObject("typeChecking");
            if (check(policy) is { Count: > 0 } warnings)
            {
                json.WriteStartArray("expressionWarnings");
                foreach (var warning in warnings)
                {
                    json.WriteStartObject();
                    json.WriteString("fieldRef", warning.FieldRef);
                    json.WriteString("warning", warning.Warning);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return [new Patch<V1ValidatingAdmissionPolicy>(ObjectKey.Of(policy), PatchBody.Apply(Encoding.UTF8.GetString(buffer.ToArray()), Manager, force: true), "status")];
    }
}

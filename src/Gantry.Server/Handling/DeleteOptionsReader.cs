using System.Text.Json;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;
using Gantry.Server.Writing;

namespace Gantry.Server.Handling;

/// <summary>Reads the options of a delete from its body, or from its query where it has none.</summary>
internal static class DeleteOptionsReader
{
    public static (V1DeleteOptions? Options, ApiStatus? Refusal) Read(ApiCall call)
    {
        V1DeleteOptions options;
        if (call.Body.Length > 0)
        {
            var json = call.Body;
            if (call.ContentType == "application/yaml")
            {
                var (converted, error) = BodyDecoder.FromYaml(call.Body.Span);
                if (converted is null)
                {
                    return (null, ApiStatus.BadRequest(error!));
                }

                json = converted;
            }
            else if (call.ContentType is not ("" or "application/json"))
            {
                return (null, ApiStatus.UnsupportedMediaType(BodyDecoder.MediaTypes));
            }

            call.Audit?.Requests(json);
            try
            {
                options = ApiJson.Decode<V1DeleteOptions>(json.Span);
            }
            catch (JsonException e)
            {
                return (null, ApiStatus.BadRequest("couldn't get version/kind; json parse error: " + e.Message));
            }
        }
        else
        {
            var query = call.Options;
            options = new V1DeleteOptions
            {
                GracePeriodSeconds = call.Number("gracePeriodSeconds"),
                PropagationPolicy = query["propagationPolicy"] is { Length: > 0 } policy ? policy : null,
                OrphanDependents = query.TryGet("orphanDependents", out var orphan) && orphan.Length > 0 ? query.Flag("orphanDependents") : null,
                DryRun = [.. query.All("dryRun").Where(d => d.Length > 0)],
            };
        }

        return DeletionRules.Check(options) is { } refusal ? (null, refusal) : (options, null);
    }

    /// <summary>Kinds whose dependents stay behind unless told otherwise, say so.</summary>
    public static void Warn(ApiCall call, ServedResource resource, V1DeleteOptions options)
    {
        if (resource.Type is { Group: "batch", Kind: "Job" } && options.PropagationPolicy is null && options.OrphanDependents is null)
        {
            call.Warn("child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning");
        }
    }
}

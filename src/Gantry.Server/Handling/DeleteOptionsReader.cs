using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;
using Gantry.Server.Writing;
using BodyHeader = Gantry.Api.Trees.ObjectHeader;

namespace Gantry.Server.Handling;

/// <summary>
/// Reads the options of a delete from its body, or from its query where it has none: a body says everything. Kubernetes 1.32 answers a body that cannot be
/// read with 500 and no reason, later ones with 400.
/// </summary>
internal static class DeleteOptionsReader
{
    private const string Scheme = "pkg/apis/meta/internalversion/scheme/register.go:28";

    private static readonly TypeSchema Schema = Api.Schemas.Generated.ApiTypes.Find("io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions")!;

    public static (V1DeleteOptions? Options, ApiStatus? Refusal) Read(ApiCall call)
    {
        var (options, refusal) = call.Body.Length > 0 || call.BodyProblem is not null ? FromBody(call) : FromQuery(call);
        return options is null ? (null, refusal) : DeletionRules.Check(options) is { } wrong ? (null, wrong) : (options, null);
    }

    /// <summary>Kinds whose dependents stay behind unless told otherwise, say so.</summary>
    public static void Warn(ApiCall call, ServedResource resource, V1DeleteOptions options)
    {
        if (resource.Type is { Group: "batch", Kind: "Job" } && options.PropagationPolicy is null && options.OrphanDependents is null)
        {
            call.Warn("child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning");
        }
    }

    // The options may come in the name of any group; what they do not know is nobody's business.
    private static (V1DeleteOptions? Options, ApiStatus? Refusal) FromBody(ApiCall call)
    {
        var json = call.Body;
        if (call.BodyProblem is { } problem)
        {
            return (null, Undecodable(problem.Text));
        }

        if (call.ContentType == "application/yaml")
        {
            var (converted, error) = BodyDecoder.FromYaml(call.Body.Span);
            if (converted is null)
            {
                return (null, Undecodable(error!));
            }

            json = converted;
        }
        else if (call.ContentType is not ("" or "application/json"))
        {
            return (null, ApiStatus.UnsupportedMediaType(BodyDecoder.MediaTypes));
        }

        call.Audit?.Requests(json);
        var header = BodyHeader.Read(json.Span);
        if (header.Error is { } unreadable)
        {
            return (null, Undecodable(unreadable));
        }

        if (header.Kind is not ("" or "DeleteOptions"))
        {
            return (null, Undecodable($"no kind \"{header.Kind}\" is registered for version \"{(header.ApiVersion.Length > 0 ? header.ApiVersion : "meta.k8s.io/v1")}\" in scheme \"{Scheme}\""));
        }

        var decoded = TreeDecoder.Decode(Schema, json.Span, FieldValidation.Ignore);
        return decoded.Object is { } value ? (ApiJson.Decode<V1DeleteOptions>(TreeJson.Write(value)), null) : (null, Undecodable(decoded.Error!));
    }

    private static ApiStatus Undecodable(string why) => new() { Code = 500, Message = why };

    private static (V1DeleteOptions? Options, ApiStatus? Refusal) FromQuery(ApiCall call)
    {
        var query = call.Options;
        if (query.Number("gracePeriodSeconds", out var grace) is { } wrong)
        {
            return (null, ApiStatus.BadRequest(wrong));
        }

        bool? Switch(string name) => query.TryGet(name, out _) ? query.Flag(name) : null;
        return (new V1DeleteOptions
        {
            GracePeriodSeconds = grace,
            PropagationPolicy = query.TryGet("propagationPolicy", out var policy) ? policy : null,
            OrphanDependents = Switch("orphanDependents"),
            DryRun = query.All("dryRun"),
            IgnoreStoreReadErrorWithClusterBreakingPotential = Switch("ignoreStoreReadErrorWithClusterBreakingPotential"),
        }, null);
    }
}

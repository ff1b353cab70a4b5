using Gantry.Api.Trees;
using Gantry.Server.CustomResources;
using Gantry.Server.Handling;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;
using Gantry.Server.Writing;

namespace Gantry.Server.Subresources;

/// <summary>Asks admission about a connection; webhooks may change what it is asked for with.</summary>
internal static class ConnectAdmission
{
    /// <param name="admission">Who is asked.</param>
    /// <param name="call">The call; its query becomes what admission made of it.</param>
    /// <param name="resource">What is connected to.</param>
    /// <param name="name">The object's name.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The options as they are to be, or why there is to be no connection.</returns>
    public static async ValueTask<(TreeMap Options, ApiStatus? Refusal)> AskAsync(
        AdmissionChain admission, ApiCall call, ServedResource resource, string name, CancellationToken cancellation)
    {
        if (call.Options.TryGet("dryRun", out _))
        {
            return (new TreeMap(), ApiStatus.BadRequest("dryRun is not supported"));
        }

        if (call.Info.Subresource == "portforward" && ConnectOptions.PortFault(call.Options.All("ports")) is { } fault)
        {
            return (new TreeMap(), ApiStatus.BadRequest(fault));
        }

        var (kind, options) = ConnectOptions.Of(call);
        var asked = (TreeMap)options.DeepClone();
        var request = WriteScope.Of(call, resource).Admission(AdmissionOperation.Connect, null, name) with { Kind = kind };
        var refusal = await admission.ConnectAsync(request, options, static o => CustomObject.Read(TreeJson.Write(o)), cancellation).ConfigureAwait(false);
        if (refusal is null && call.Http is { } http && !options.Equals(asked))
        {
            // Nodes read what they are to do from the request.
            http.Request.QueryString = ConnectOptions.Query(http.Request.Query, kind, options);
        }

        return (options, refusal);
    }
}

using Gantry.Api.Models;
using Gantry.Server.Handling;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Statuses;
using Gantry.Server.Writing;
using Microsoft.AspNetCore.Http;

namespace Gantry.Server.Subresources;

/// <summary><c>pods/proxy</c> and <c>services/proxy</c>: any HTTP request, to what runs in the cluster.</summary>
internal sealed class ProxySubresource : ISubresource
{
    private readonly Func<string, string, (Uri? Origin, ApiStatus? Refusal)> _find;
    private readonly AdmissionChain _admission;
    private readonly HttpForwarder _forwarder;

    /// <param name="plural">pods or services.</param>
    /// <param name="find">From namespace and name to the origin to ask.</param>
    /// <param name="admission">May refuse to connect.</param>
    /// <param name="forwarder">Passes requests on.</param>
    public ProxySubresource(
        string plural, Func<string, string, (Uri? Origin, ApiStatus? Refusal)> find, AdmissionChain admission, HttpForwarder forwarder)
    {
        Plural = plural;
        _find = find;
        _admission = admission;
        _forwarder = forwarder;
    }

    public string Group => "";

    public string Plural { get; }

    public string Name => "proxy";

    public async ValueTask<ApiAnswer> HandleAsync(ApiCall call, ServedResource resource, CancellationToken cancellation)
    {
        if (call.Http is not { } context)
        {
            return NodeForwarding.NoConnection;
        }

        var (options, unwanted) = await ConnectAdmission.AskAsync(_admission, call, resource, call.Info.Name, cancellation).ConfigureAwait(false);
        if (unwanted is not null)
        {
            return unwanted;
        }

        var (origin, refusal) = _find(call.Info.Namespace, call.Info.Name);
        if (origin is null)
        {
            return refusal!;
        }

        var path = options.Text("path");
        if (path is null && (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)))
        {
            // Relative links in the answer only lead somewhere when the path ends with a slash.
            context.Response.StatusCode = StatusCodes.Status301MovedPermanently;
            context.Response.Headers.Location = context.Request.PathBase + context.Request.Path + "/" + context.Request.QueryString;
            return ApiAnswer.Done.Instance;
        }

        var target = new UriBuilder(origin) { Path = path ?? "/", Query = context.Request.QueryString.Value ?? "" }.Uri;
        return await _forwarder.ForwardAsync(context, target, [], cancellation).ConfigureAwait(false) is { } problem ? problem : ApiAnswer.Done.Instance;
    }

    /// <summary>What follows <c>proxy</c> in the path; null where nothing does, not even a slash.</summary>
    internal static string? PathOf(ApiCall call) => call.Info.Rest.Length > 0 ? call.Info.Rest : call.Info.Path.EndsWith('/') ? "/" : null;
}

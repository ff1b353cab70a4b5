using Gantry.Server.Figures;
using Gantry.Server.Requests;

namespace Gantry.Server.Http;

/// <summary>By what requests are counted, as Kubernetes does (<c>apiserver/pkg/endpoints/metrics</c>).</summary>
internal readonly record struct RequestLabels(string Verb, string Group, string Version, string Resource, string Subresource, string Scope, string DryRun, int Code)
{
    /// <param name="info">The request.</param>
    /// <param name="method">Its HTTP method.</param>
    /// <param name="applies">Whether it is a server-side apply.</param>
    /// <param name="known">Whether what its path names may become a label: paths of strangers must not, there is no end to them.</param>
    /// <param name="code">The answer's status; 0 where that is no label.</param>
    public static RequestLabels Of(RequestInfo info, string method, bool applies, bool known, int code) => new(
        VerbOf(info, method, applies), known ? info.Group : "", known ? info.Version : "", known ? info.Resource : "", known ? info.Subresource : "",
        known ? ScopeOf(info) : "", info.Options.TryGet("dryRun", out var dry) && dry == "All" ? "All" : "", code);

    /// <param name="code">Whether the status is a label.</param>
    /// <param name="dryRun">Whether it is one that nothing was stored.</param>
    public string Text(bool code, bool dryRun) => (code ? FigureText.Labels(("code", Code.ToString(System.Globalization.CultureInfo.InvariantCulture))) + "," : "")
        + "component=\"apiserver\"," + (dryRun ? FigureText.Labels(("dry_run", DryRun)) + "," : "")
        + FigureText.Labels(("group", Group), ("resource", Resource), ("scope", Scope), ("subresource", Subresource), ("verb", Verb), ("version", Version));

    private static string VerbOf(RequestInfo info, string method, bool applies) => !info.IsResource ? Known(method)
        : info.Subresource is "exec" or "attach" or "portforward" or "proxy" ? "CONNECT"
        : info.Verb switch
        {
            "create" => "POST",
            "update" => "PUT",
            "patch" => applies ? "APPLY" : "PATCH",
            "get" => "GET",
            "list" => "LIST",
            "watch" => "WATCH",
            "delete" => "DELETE",
            "deletecollection" => "DELETECOLLECTION",
            _ => Known(method),
        };

    private static string Known(string method) => method is "GET" or "HEAD" or "POST" or "PUT" or "PATCH" or "DELETE" or "OPTIONS" ? method : "other";

    private static string ScopeOf(RequestInfo info) => info.Name.Length > 0 || info.Verb == "create" ? "resource" : info.Namespace.Length > 0 ? "namespace" : "cluster";
}

namespace Gantry.Server.Requests;

/// <summary>What a request asks for, read from its method, path and query alone.</summary>
public sealed record RequestInfo
{
    /// <summary>Whether the path names a resource under <c>/api</c> or <c>/apis</c>; the rest are plain URLs such as <c>/healthz</c>.</summary>
    public bool IsResource { get; init; }

    /// <summary>The decoded path, without the query.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// For resources: get, list, watch, create, update, patch, delete, deletecollection (or the connect method's name for proxy-like subresources);
    /// for plain URLs the HTTP method in lower case.
    /// </summary>
    public required string Verb { get; init; }

    /// <summary>Empty for the core group.</summary>
    public string Group { get; init; } = "";

    public string Version { get; init; } = "";

    /// <summary>The plural.</summary>
    public string Resource { get; init; } = "";

    public string Subresource { get; init; } = "";

    /// <summary>Empty for cluster-scoped resources and for requests across all namespaces. For <c>/api/v1/namespaces/x</c> it is <c>x</c> itself.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Empty for requests on a collection.</summary>
    public string Name { get; init; } = "";

    /// <summary>What follows a proxy subresource's name in the path, with its leading slash; empty elsewhere.</summary>
    public string Rest { get; init; } = "";

    /// <summary>Whether the path is about some resource, but does not say which.</summary>
    public bool IsUnclear { get; init; }

    public RequestOptions Options { get; init; } = RequestOptions.None;

    /// <summary>Whether the request only reads.</summary>
    public bool IsReadOnly => Verb is "get" or "list" or "watch" or "head" or "options";

    /// <summary>The resource as errors name it: <c>pods</c> or <c>deployments.apps</c>.</summary>
    public string QualifiedResource => Group.Length == 0 ? Resource : Resource + "." + Group;
}

namespace Gantry.Server.Requests;

/// <summary>Reads a <see cref="RequestInfo"/> from method, path and query. Knows the shape of API paths, not the resources behind them.</summary>
public static class RequestInfoParser
{
    /// <summary>Parses a request.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">The decoded path.</param>
    /// <param name="query">The query text, with or without the question mark.</param>
    public static RequestInfo Parse(string method, string path, string query)
    {
        var options = RequestOptions.Parse(query);
        var plain = new RequestInfo { Path = path, Verb = Lower(method), Options = options };
        var segments = path.Trim('/').Split('/');
        int at;
        string group;
        if (segments.Length >= 3 && segments[0] == "api")
        {
            group = "";
            at = 1;
        }
        else if (segments.Length >= 4 && segments[0] == "apis")
        {
            group = segments[1];
            at = 2;
        }
        else
        {
            return plain;
        }

        var version = segments[at++];
        var watchPrefix = false;
        var proxyPrefix = false;

        // /api/v1/watch/pods: the old form of ?watch=true, still served. A resource of that name does not exist.
        if (segments[at] is "watch" or "proxy" && segments.Length == at + 1)
        {
            return plain with { IsUnclear = true };
        }

        if (segments[at] == "watch")
        {
            watchPrefix = true;
            at++;
        }
        else if (segments[at] == "proxy")
        {
            proxyPrefix = true;
            at++;
        }

        var ns = "";
        if (segments[at] == "namespaces" && segments.Length > at + 1)
        {
            ns = segments[at + 1];
            // /namespaces/x and its own subresources are about the namespace; anything longer is about what is inside.
            if (segments.Length > at + 2 && segments[at + 2] is not ("status" or "finalize"))
            {
                at += 2;
            }
        }

        var rest = segments.AsSpan(at);
        var resource = rest[0];
        var name = rest.Length > 1 ? rest[1] : "";
        var subresource = rest.Length > 2 && !proxyPrefix ? rest[2] : "";
        var tail = rest.Length > 3 && !proxyPrefix ? "/" + string.Join('/', rest[3..]!) : "";
        if (tail.Length > 0 && path.EndsWith('/'))
        {
            tail += "/";
        }

        return plain with
        {
            IsResource = true,
            Group = group,
            Version = version,
            Resource = resource,
            Subresource = subresource,
            Namespace = ns,
            Name = name,
            Rest = tail,
            Verb = watchPrefix ? "watch" : proxyPrefix ? "proxy" : VerbOf(method, name, options),
        };
    }

    private static string VerbOf(string method, string name, RequestOptions options)
    {
        switch (method)
        {
            case "POST":
                return "create";
            case "PUT":
                return "update";
            case "PATCH":
                return "patch";
            case "DELETE":
                return name.Length == 0 ? "deletecollection" : "delete";
            case "GET" or "HEAD":
                if (name.Length > 0)
                {
                    return "get";
                }

                return options.Flag("watch") ? "watch" : "list";
            default:
                return "";
        }
    }

    private static string Lower(string method) => method switch
    {
        "GET" => "get",
        "POST" => "post",
        "PUT" => "put",
        "PATCH" => "patch",
        "DELETE" => "delete",
        "HEAD" => "head",
        _ => method.ToLowerInvariant(),
    };
}

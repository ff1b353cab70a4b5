namespace Gantry.Api.Cel.Libraries;

/// <summary>Kubernetes' functions on URLs.</summary>
internal static class CelUrlLibrary
{
    public static void Declare(CelFunctionTable table)
    {
        var url = CelUrl.UrlType;
        table.Type(url);
        table.Global("url", "string_to_url", [CelType.String], url, static a => Read(a[0].Text));
        table.Global("isURL", "is_url_string", [CelType.String], CelType.Bool, static a => CelValue.Of(CelUrl.ProblemOfRequest(a[0].Text) is null));
        Part(table, "getScheme", "url_get_scheme", static u => u.Scheme);
        Part(table, "getHost", "url_get_host", static u => u.Host);
        Part(table, "getHostname", "url_get_hostname", static u => u.Hostname);
        Part(table, "getPort", "url_get_port", static u => u.Port);
        Part(table, "getEscapedPath", "url_get_escaped_path", static u => u.EscapedPath);
        table.Member("getQuery", "url_get_query", [url], CelType.Map(CelType.String, CelType.List(CelType.String)), static a => Query((CelUrl)a[0].Object!));
    }

    private static void Part(CelFunctionTable table, string name, string id, Func<CelUrl, string> part) =>
        table.Member(name, id, [CelUrl.UrlType], CelType.String, a => CelValue.Of(part((CelUrl)a[0].Object!)));

    private static CelValue Read(string text)
    {
        CelUrl? url = null;
        var problem = CelUrl.ProblemOfRequest(text) ?? CelUrl.Parse(text, out url);
        return problem is null ? CelValue.Of(url!) : CelValue.Error("URL parse error during conversion from string: " + problem);
    }

    private static CelValue Query(CelUrl url)
    {
        var entries = new CelEntries();
        foreach (var key in url.Query.GroupBy(p => p.Key, p => CelValue.Of(p.Value), StringComparer.Ordinal))
        {
            entries.Add(CelValue.Of(key.Key), CelValue.Of(key.ToArray()));
        }
        return CelValue.Of(entries);
    }
}

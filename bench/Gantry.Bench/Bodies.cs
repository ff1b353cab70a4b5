using System.Globalization;
using System.Text;

namespace Gantry.Bench;

/// <summary>The requests that are measured.</summary>
internal static class Bodies
{
    private static readonly string Filling = new('x', 700);

    /// <summary>A ConfigMap of about 1 KiB as JSON; every hundredth has the label rare=yes.</summary>
    public static string ConfigMap(string name, int number, string extra = "") => string.Create(
        CultureInfo.InvariantCulture,
        $$$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{{name}}}}","labels":{"app":"bench","rare":"{{{{(number % 100 == 0 ? "yes" : "no")}}}}"}},"data":{"number":"{{{{number}}}}","extra":"{{{{extra}}}}","filling":"{{{{Filling}}}}"}}""");

    public static HttpRequestMessage Create(string ns, int number, string prefix = "cm") =>
        new(HttpMethod.Post, $"/api/v1/namespaces/{ns}/configmaps") { Content = Json(ConfigMap(Name(number, prefix), number)) };

    public static HttpRequestMessage Get(string ns, int number) => new(HttpMethod.Get, Path(ns, number));

    public static HttpRequestMessage Delete(string ns, int number) => new(HttpMethod.Delete, Path(ns, number));

    public static HttpRequestMessage Patch(string ns, int number, int round) => new(HttpMethod.Patch, Path(ns, number))
    {
        Content = Json(string.Create(CultureInfo.InvariantCulture, $$$$"""{"data":{"extra":"round {{{{round}}}}"}}"""), "application/strategic-merge-patch+json"),
    };

    public static HttpRequestMessage Apply(string ns, int number, int round) => new(HttpMethod.Patch, Path(ns, number) + "?fieldManager=bench&force=true")
    {
        Content = Json(ConfigMap(Name(number), number, string.Create(CultureInfo.InvariantCulture, $"round {round}")), "application/apply-patch+yaml"),
    };

    public static HttpRequestMessage Namespace(string name) => Post("/api/v1/namespaces", $$$$"""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"{{{{name}}}}"}}""");

    public static HttpRequestMessage Pod(string ns, int number) => Post($"/api/v1/namespaces/{ns}/pods", PodText(Name(number, "pod")));

    public static string PodText(string name) => $$$$"""
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{{name}}}}","labels":{"app":"bench"}},
         "spec":{"automountServiceAccountToken":false,"containers":[{"name":"main","image":"gantry.local/nginx:1","resources":{"requests":{"cpu":"100m","memory":"64Mi"}}}]}}
        """;

    public static HttpRequestMessage Post(string path, string json) => new(HttpMethod.Post, path) { Content = Json(json) };

    public static string Name(int number, string prefix = "cm") => string.Create(CultureInfo.InvariantCulture, $"{prefix}-{number:000000}");

    private static string Path(string ns, int number) => $"/api/v1/namespaces/{ns}/configmaps/{Name(number)}";

    private static StringContent Json(string text, string type = "application/json") => new(text, Encoding.UTF8, type);
}

using System.Globalization;
using System.Net;
using System.Text;

namespace Gantry.Bench.Figures;

/// <summary>A thousand custom resource definitions: what each weighs, how soon it is served, and what all of them do to other requests.</summary>
internal static class CustomsFigure
{
    private const int Count = 1_000;
    private const int Writers = 4;
    private const int Clients = 32;
    private const int Writes = 10_000;
    private const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    public static async Task MeasureAsync(BenchSettings settings, Report report)
    {
        var server = await GantryProcess.StartAsync(settings.Gantry, ["api"]).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            using var load = new Load(server.Server, GantryProcess.Token);
            await load.SendAsync(Bodies.Namespace("before")).ConfigureAwait(false);
            await load.SendAsync(Bodies.Namespace("after")).ConfigureAwait(false);

            // The first of its kind makes what all share.
            await ServedAsync(load, Count).ConfigureAwait(false);
            await load.RateAsync(Clients, Writes, n => Bodies.Create("before", n, "warm")).ConfigureAwait(false);
            var alone = await load.RateAsync(Clients, Writes, n => Bodies.Create("before", n)).ConfigureAwait(false);
            var empty = await SettledAsync(server).ConfigureAwait(false);

            var times = await DefineAsync(load).ConfigureAwait(false);
            report.Add("definition created until it is served, median", Milliseconds(times[times.Count / 2]));
            report.Add("definition created until it is served, longest of 1,000", Milliseconds(times[^1]), "1,000 ms");
            await WeighAsync(server, report, "memory of a definition", empty).ConfigureAwait(false);

            await load.RateAsync(Writers, Count, n => Instance(n)).ConfigureAwait(false);
            await WeighAsync(server, report, "memory of a definition with an object", empty).ConfigureAwait(false);
            report.Add("discovery of all groups", Milliseconds((await load.MedianAsync(5, Discovery).ConfigureAwait(false)).Milliseconds));
            var (index, _) = await load.MedianAsync(5, () => new HttpRequestMessage(HttpMethod.Get, "/openapi/v3")).ConfigureAwait(false);
            report.Add("OpenAPI v3 index", Milliseconds(index));
            var (document, size) = await load.MedianAsync(3, () => new HttpRequestMessage(HttpMethod.Get, "/openapi/v2")).ConfigureAwait(false);
            report.Add(string.Create(CultureInfo.InvariantCulture, $"OpenAPI v2 document of {size / 1e6:0.0} MB"), Milliseconds(document));
            await WeighAsync(server, report, "memory of a definition after all documents were read", empty).ConfigureAwait(false);

            var among = await load.RateAsync(Clients, Writes, n => Bodies.Create("after", n)).ConfigureAwait(false);
            report.Add("other writes without and with 1,000 definitions", $"{EmptyServer.Rate(alone)}, {EmptyServer.Rate(among)}");
        }
    }

    private static async Task<List<double>> DefineAsync(Load load)
    {
        var times = new List<double>();
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
        {
            for (var number = Interlocked.Increment(ref next); number < Count; number = Interlocked.Increment(ref next))
            {
                var took = await ServedAsync(load, number).ConfigureAwait(false);
                lock (times)
                {
                    times.Add(took);
                }
            }
        }))).ConfigureAwait(false);
        times.Sort();
        return times;
    }

    // From the request that creates the definition to the first answer of the kind that it defines.
    private static async Task<double> ServedAsync(Load load, int number)
    {
        var from = TimeProvider.System.GetTimestamp();
        await load.SendAsync(new HttpRequestMessage(HttpMethod.Post, Definitions) { Content = new StringContent(Definition(number), Encoding.UTF8, "application/json") }).ConfigureAwait(false);
        while (true)
        {
            using var answer = await load.Http.GetAsync(new Uri(Path(number), UriKind.Relative)).ConfigureAwait(false);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                return TimeProvider.System.GetElapsedTime(from).TotalMilliseconds;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System).ConfigureAwait(false);
        }
    }

    private static async Task WeighAsync(GantryProcess server, Report report, string figure, double empty)
    {
        var now = await SettledAsync(server).ConfigureAwait(false);
        report.Add(figure, string.Create(CultureInfo.InvariantCulture, $"{(now - empty) * 1000 / Count:0} KB ({empty:0} MB, {now:0} MB)"), "200 KB");
    }

    private static async Task<double> SettledAsync(GantryProcess server)
    {
        await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System).ConfigureAwait(false);
        return server.Megabytes();
    }

    private static HttpRequestMessage Discovery()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/apis");
        request.Headers.TryAddWithoutValidation("Accept", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
        return request;
    }

    private static HttpRequestMessage Instance(int number) => new(HttpMethod.Post, Path(number))
    {
        Content = new StringContent(
            string.Create(CultureInfo.InvariantCulture, $$$"""{"apiVersion":"g{{{number}}}.example.com/v1","kind":"Thing","metadata":{"name":"a"},"spec":{"part0":{"text":"x","count":3} } }"""),
            Encoding.UTF8, "application/json"),
    };

    private static string Path(int number) => string.Create(CultureInfo.InvariantCulture, $"/apis/g{number}.example.com/v1/things");

    // As large as those of common operators: about 90 fields, 12 KB.
    private static string Definition(int number)
    {
        const string Part = """
            {"type":"object","description":"One of the parts of which the thing is made, with what it needs to work.","required":["text"],"properties":{
             "text":{"type":"string","description":"What the part is called by those who use it.","minLength":1,"maxLength":63,"pattern":"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"},
             "count":{"type":"integer","description":"How many of them there are to be.","minimum":0,"maximum":100,"default":1},
             "mode":{"type":"string","description":"How the part does its work.","enum":["Fast","Safe","Both"]},
             "limits":{"type":"object","description":"The most that the part may use.","additionalProperties":{"x-kubernetes-int-or-string":true,"anyOf":[{"type":"integer"},{"type":"string"}]}},
             "labels":{"type":"object","description":"What the part is chosen by.","additionalProperties":{"type":"string"}},
             "ports":{"type":"array","description":"Where the part listens.","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["port"],
              "items":{"type":"object","required":["port"],"properties":{"port":{"type":"integer"},"name":{"type":"string","description":"What the port is for."} } } } } }
            """;
        var parts = string.Join(',', Enumerable.Range(0, 9).Select(i => $"\"part{i.ToString(CultureInfo.InvariantCulture)}\":{Part}"));
        return string.Create(CultureInfo.InvariantCulture, $$$$"""
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"things.g{{{{number}}}}.example.com"},
             "spec":{"group":"g{{{{number}}}}.example.com","scope":"Cluster","names":{"plural":"things","kind":"Thing","shortNames":["th"]},
              "versions":[{"name":"v1","served":true,"storage":true,"subresources":{"status":{} },
               "additionalPrinterColumns":[{"name":"Ready","type":"string","jsonPath":".status.conditions[?(@.type==\"Ready\")].status"}],
               "schema":{"openAPIV3Schema":{"type":"object","description":"A thing that is made of parts.","properties":{
                "spec":{"type":"object","properties":{ {{{{parts}}}} } },
                "status":{"type":"object","x-kubernetes-preserve-unknown-fields":true} } } } }] } }
            """);
    }

    private static string Milliseconds(double time) => time.ToString("0.0", CultureInfo.InvariantCulture) + " ms";
}

using System.Globalization;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Server.Validation;

namespace Gantry.Bench.Figures;

/// <summary>
/// What validation and admission cost a write. The rules alone, timed in this process; the plugins as the server counts them itself; policies and a webhook
/// as the difference of the processor time of creates that are not stored (<c>dryRun=All</c>), with them and without.
/// </summary>
internal static class AdmissionFigure
{
    private const int Clients = 32;
    private const int Count = 10_000;
    private const int Policies = 10;

    public static async Task MeasureAsync(BenchSettings settings, Report report)
    {
        var server = await GantryProcess.StartAsync(settings.Gantry, ["api"]).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            using var load = new Load(server.Server, GantryProcess.Token);
            await load.SendAsync(Bodies.Namespace("admit")).ConfigureAwait(false);
            // An API alone has nobody who makes it.
            await load.SendAsync(Bodies.Post("/api/v1/namespaces/admit/serviceaccounts", """{"metadata":{"name":"default"}}""")).ConfigureAwait(false);
            Rules<V1ConfigMap>(report, "a ConfigMap of 1 KiB", await WholeAsync(load, Bodies.Create("admit", 1)).ConfigureAwait(false));
            Rules<V1Pod>(report, "a Pod", await WholeAsync(load, Bodies.Pod("admit", 1)).ConfigureAwait(false));
            await load.RateAsync(Clients, 2 * Count, n => Dry(Bodies.Create("admit", n))).ConfigureAwait(false);
            var plain = await CreateAsync(load, server).ConfigureAwait(false);
            report.Add("dry creates, 32 clients", Show(plain));

            await load.RateAsync(Clients, Count, n => Dry(Bodies.Pod("admit", n))).ConfigureAwait(false);
            await StepsAsync(load, report).ConfigureAwait(false);

            for (var number = 0; number < Policies; number++)
            {
                await load.SendAsync(Policy(number)).ConfigureAwait(false);
                await load.SendAsync(Binding(number)).ConfigureAwait(false);
            }

            await UntilRefusedAsync(load).ConfigureAwait(false);
            await CreateAsync(load, server).ConfigureAwait(false);
            var governed = await CreateAsync(load, server).ConfigureAwait(false);
            report.Add($"dry creates under {Policies} policies", $"{Show(governed)}, {Micro((governed.Processor - plain.Processor) / Policies)} a policy");
            for (var number = 0; number < Policies; number++)
            {
                await load.SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"{PolicyBindings}/bench-{number}")).ConfigureAwait(false);
            }

            using var hook = await WebhookServer.StartAsync().ConfigureAwait(false);
            await load.SendAsync(Webhook(hook)).ConfigureAwait(false);
            var asked = hook.Asked;
            while (hook.Asked == asked)
            {
                await load.SendAsync(Dry(Bodies.Create("admit", 1))).ConfigureAwait(false);
            }

            var hooked = await CreateAsync(load, server).ConfigureAwait(false);
            report.Add("dry creates with a webhook", $"{Show(hooked)}, {Micro(hooked.Processor - plain.Processor)} for the webhook");
        }
    }

    private const string PolicyBindings = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings";

    private static void Rules<T>(Report report, string what, byte[] json)
        where T : class, IApiObject<T>
    {
        var value = ApiJson.Decode<T>(json);
        var validator = new ObjectValidator();
        var type = T.Resource;
        double best = double.MaxValue;
        for (var round = 0; round < 10; round++)
        {
            var from = TimeProvider.System.GetTimestamp();
            for (var i = 0; i < Count; i++)
            {
                if (validator.Validate(type, value, null, "") is { Count: > 0 } faults)
                {
                    throw new InvalidOperationException($"{what}: {faults[0]}");
                }
            }

            best = Math.Min(best, TimeProvider.System.GetElapsedTime(from).TotalMicroseconds / Count);
        }

        report.Add($"validation of {what}", string.Create(CultureInfo.InvariantCulture, $"{best:0.00} µs"));
    }

    // With everything that the server fills in.
    private static async Task<byte[]> WholeAsync(Load load, HttpRequestMessage request)
    {
        using var dry = Dry(request);
        using var answer = await load.Http.SendAsync(dry).ConfigureAwait(false);
        return await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync().ConfigureAwait(false);
    }

    private static async Task<(double Rate, double Processor)> CreateAsync(Load load, GantryProcess server)
    {
        var before = server.Processor();
        var rate = await load.RateAsync(Clients, Count, n => Dry(Bodies.Create("admit", n))).ConfigureAwait(false);
        return (rate, (server.Processor() - before).TotalMicroseconds / Count);
    }

    // The server's own figures of creates: sum and count of what changes objects, and of what only looks at them.
    private static async Task StepsAsync(Load load, Report report)
    {
        var text = await load.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative)).ConfigureAwait(false);
        foreach (var (step, name) in new[] { ("admit", "change objects"), ("validate", "look at them") })
        {
            double sum = 0, count = 0;
            foreach (var line in text.Split('\n').Where(l => l.Contains("operation=\"CREATE\"", StringComparison.Ordinal) && l.Contains($"type=\"{step}\"", StringComparison.Ordinal)))
            {
                var value = double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
                sum += line.StartsWith("apiserver_admission_step_admission_duration_seconds_sum", StringComparison.Ordinal) ? value : 0;
                count += line.StartsWith("apiserver_admission_step_admission_duration_seconds_count", StringComparison.Ordinal) ? value : 0;
            }

            report.Add($"plugins that {name}, mean of {count:0} creates of ConfigMaps and Pods", string.Create(CultureInfo.InvariantCulture, $"{sum / count * 1e6:0.0} µs"));
        }
    }

    private static async Task UntilRefusedAsync(Load load)
    {
        // The last policy refuses one name: once it does, all are in force.
        while (true)
        {
            using var request = Dry(Bodies.Create("admit", 1, "refused"));
            using var answer = await load.Http.SendAsync(request).ConfigureAwait(false);
            if ((int)answer.StatusCode == 422)
            {
                return;
            }
        }
    }

    private static HttpRequestMessage Dry(HttpRequestMessage request)
    {
        request.RequestUri = new Uri(request.RequestUri + "?dryRun=All", UriKind.Relative);
        return request;
    }

    private static HttpRequestMessage Policy(int number) => Bodies.Post("/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies", $$$$"""
        {"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingAdmissionPolicy","metadata":{"name":"bench-{{{{number}}}}"},
         "spec":{"matchConstraints":{"resourceRules":[{"apiGroups":[""],"apiVersions":["v1"],"operations":["CREATE"],"resources":["configmaps"]}]},
          "validations":[{"expression":"size(object.data) < 100 && object.metadata.labels['app'] == 'bench' && !object.metadata.name.startsWith('refused')"}]}}
        """);

    private static HttpRequestMessage Binding(int number) => Bodies.Post(PolicyBindings, $$$$"""
        {"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingAdmissionPolicyBinding","metadata":{"name":"bench-{{{{number}}}}"},
         "spec":{"policyName":"bench-{{{{number}}}}","validationActions":["Deny"]}}
        """);

    private static HttpRequestMessage Webhook(WebhookServer hook) => Bodies.Post("/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations", $$$$"""
        {"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingWebhookConfiguration","metadata":{"name":"bench"},
         "webhooks":[{"name":"bench.example.com","sideEffects":"None","admissionReviewVersions":["v1"],"timeoutSeconds":5,
          "clientConfig":{"url":"{{{{hook.Address}}}}","caBundle":"{{{{hook.Authority}}}}"},
          "rules":[{"apiGroups":[""],"apiVersions":["v1"],"operations":["CREATE"],"resources":["configmaps"]}]}]}
        """);

    private static string Show((double Rate, double Processor) figures) => $"{EmptyServer.Rate(figures.Rate)}, {Micro(figures.Processor)} of processor each";

    private static string Micro(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0} µs");
}

using System.Diagnostics;
using System.Globalization;
using System.Text;
using Gantry.Server.Registry;
using Gantry.Store;

namespace Gantry.Server.Http;

/// <summary>What <c>/metrics</c> says of objects, the store and the process.</summary>
internal static class ServerFigures
{
    public static void Append(StringBuilder text, ObjectRegistry registry, IStore store)
    {
        Begin(text, "apiserver_storage_objects", "gauge", "Objects by resource.");
        foreach (var cache in registry.Caches.OrderBy(c => c.Kind.Type.QualifiedPlural, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture,
                $"apiserver_storage_objects{{resource=\"{cache.Kind.Type.QualifiedPlural}\"}} {cache.Snapshot.Objects.Count}\n");
        }

        Begin(text, "kubernetes_build_info", "gauge", "Which version this is; always 1.");
        text.Append(CultureInfo.InvariantCulture, $"kubernetes_build_info{{{ServerVersion.Labels}}} 1\n");
        var health = store.Health;
        One(text, "gantry_store_revision", "counter", "The revision of the newest write.", health.Current.Value);
        One(text, "gantry_store_oldest_revision", "gauge", "The oldest revision that can still be read.", health.Oldest.Value);
        One(text, "gantry_store_caches_revision", "gauge", "The revision up to which the caches are complete.", registry.Clock.Current);
        One(text, "gantry_store_keys", "gauge", "Keys in the store.", health.Keys);
        One(text, "gantry_store_live_bytes", "gauge", "Bytes of the newest version of every object.", health.LiveBytes);
        One(text, "gantry_store_history_bytes", "gauge", "Bytes of older versions that are kept.", health.HistoryBytes);
        One(text, "gantry_store_used_bytes", "gauge", "Bytes that the store uses of its ceiling.", health.UsedBytes);
        One(text, "gantry_store_last_commit_seconds", "gauge", "How long the last group of writes took to become durable.", health.LastCommit.TotalSeconds);
        One(text, "gantry_store_healthy", "gauge", "1 when the store is as it should be.", health.Condition == StoreCondition.Ok ? 1 : 0);
        Process(text);
    }

    private static void Process(StringBuilder text)
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        One(text, "process_cpu_seconds_total", "counter", "Time on all cores.", process.TotalProcessorTime.TotalSeconds);
        One(text, "process_resident_memory_bytes", "gauge", "Memory in use.", process.WorkingSet64);
        One(text, "process_start_time_seconds", "gauge", "When the process began, since 1970.",
            (process.StartTime.ToUniversalTime() - DateTime.UnixEpoch).TotalSeconds);
        One(text, "process_threads", "gauge", "Threads of the process.", process.Threads.Count);
        One(text, "dotnet_gc_heap_bytes", "gauge", "Managed memory after the last collection.", GC.GetGCMemoryInfo().HeapSizeBytes);
        One(text, "dotnet_gc_pause_seconds_total", "counter", "How long collections stopped the process.", GC.GetTotalPauseDuration().TotalSeconds);
    }

    private static void One(StringBuilder text, string name, string type, string help, double value)
    {
        Begin(text, name, type, help);
        text.Append(CultureInfo.InvariantCulture, $"{name} {value:0.######}\n");
    }

    private static void Begin(StringBuilder text, string name, string type, string help) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");
}

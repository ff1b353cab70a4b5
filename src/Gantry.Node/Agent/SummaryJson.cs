using System.Globalization;
using System.Text.Json;

namespace Gantry.Node.Agent;

/// <summary>The summary of use in the form of <c>/stats/summary</c>.</summary>
public static class SummaryJson
{
    public static byte[] Write(NodeUsageReport report)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("node");
            json.WriteString("nodeName", report.Node);
            WriteTime(json, "startTime", report.Booted);
            WriteSample(json, report.Machine, report.MemoryAvailable);
            json.WriteStartObject("fs");
            WriteTime(json, "time", report.Machine.Time);
            json.WriteNumber("availableBytes", report.Disk.Available);
            json.WriteNumber("capacityBytes", report.Disk.Capacity);
            json.WriteNumber("usedBytes", report.Disk.Used);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteStartArray("pods");
            foreach (var pod in report.Pods)
            {
                WritePod(json, pod);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void WritePod(Utf8JsonWriter json, PodUsage pod)
    {
        json.WriteStartObject();
        json.WriteStartObject("podRef");
        json.WriteString("name", pod.Name);
        json.WriteString("namespace", pod.Namespace);
        json.WriteString("uid", pod.Uid);
        json.WriteEndObject();
        WriteTime(json, "startTime", pod.Started);
        json.WriteStartArray("containers");
        foreach (var container in pod.Containers)
        {
            json.WriteStartObject();
            json.WriteString("name", container.Name);
            WriteTime(json, "startTime", container.Started);
            WriteSample(json, container.Sample, null);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteSample(json, pod.Total, null);
        json.WriteEndObject();
    }

    private static void WriteSample(Utf8JsonWriter json, UsageSample sample, ulong? available)
    {
        json.WriteStartObject("cpu");
        WriteTime(json, "time", sample.Time);
        if (sample.CpuNanocores is { } rate)
        {
            json.WriteNumber("usageNanoCores", rate);
        }

        json.WriteNumber("usageCoreNanoSeconds", sample.CpuNanoseconds);
        json.WriteEndObject();
        json.WriteStartObject("memory");
        WriteTime(json, "time", sample.Time);
        if (available is { } bytes)
        {
            json.WriteNumber("availableBytes", bytes);
        }

        json.WriteNumber("workingSetBytes", sample.WorkingSet);
        json.WriteEndObject();
    }

    private static void WriteTime(Utf8JsonWriter json, string name, DateTimeOffset time) =>
        json.WriteString(name, time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
}

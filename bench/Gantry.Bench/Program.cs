using System.Globalization;
using Gantry.Bench;
using Gantry.Bench.Figures;

if (args is ["kestrel", var port])
{
    await EmptyServer.RunAsync(int.Parse(port, CultureInfo.InvariantCulture)).ConfigureAwait(false);
    return 0;
}

var settings = BenchSettings.Parse(args);
if (settings is null)
{
    await Console.Error.WriteLineAsync("usage: bench/run [--only WORD[,WORD]] [--kubeconfig FILE]").ConfigureAwait(false);
    return 2;
}

var report = new Report();
(string Name, Func<BenchSettings, Report, Task> Run)[] figures =
[
    ("kestrel", EmptyServer.MeasureAsync),
    ("start", StartFigure.MeasureAsync),
    ("creates gets patches applies deletes", RequestFigures.MeasureAsync),
    ("admission", AdmissionFigure.MeasureAsync),
    ("list", ListFigures.MeasureAsync),
    ("watch", WatchFigure.MeasureAsync),
    ("bind", BindFigure.MeasureAsync),
    ("customs", CustomsFigure.MeasureAsync),
    ("ready", ReadyFigure.MeasureAsync),
];
foreach (var (name, run) in figures)
{
    if (settings.Only.Split(',').Any(word => name.Contains(word, StringComparison.Ordinal)))
    {
        await run(settings, report).ConfigureAwait(false);
    }
}

report.Print();
return 0;

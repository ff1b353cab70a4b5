namespace Gantry.Node.Probes;

public enum ProbeKind
{
    Startup,
    Readiness,
    Liveness,
}

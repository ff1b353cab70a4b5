namespace Gantry.Api.Cel;

public enum CelErrorKind
{
    Syntax,
    Evaluation,
    Budget,
}

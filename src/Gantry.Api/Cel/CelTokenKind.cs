namespace Gantry.Api.Cel;

internal enum CelTokenKind
{
    End,
    Name,
    Int,
    Uint,
    Double,
    Text,
    Operator,
}

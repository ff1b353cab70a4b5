namespace Gantry.Api.Cel.Syntax;

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

/**
 * The compiler, for use in the middle of loading a program. Under synchronous hooks what this module imports is an instance of its own:
 * the program may just be loading the same packages, and what is being loaded cannot be required.
 */

export { instrument, Project } from "@fams/compiler-plugin";

# SPDX-License-Identifier: Apache-2.0
"""The window: pages, widgets and theme. Shows what view-models hold and passes on what a person does; knows no more."""
